import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, renderStream } from '@f2b/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fail2banOracle, installedFail2ban, journalInstead, temporaryRoot } from './config-fail2ban.js';

const version = installedFail2ban();
const stockTree = '/etc/fail2ban';

/** What people write into jail.local, one at a time, laid over the stock tree with every jail enabled. */
const overrides: Readonly<Record<string, string>> = {
  'other defaults':
    '[DEFAULT]\nbantime = 1h\nfindtime = 1d 12h\nmaxretry = 3\nignoreip = 127.0.0.1/8 ::1, 192.0.2.0/24\n  198.51.100.7\n',
  'the journal for all': '[DEFAULT]\nbackend = systemd\n',
  'mail with log lines': '[DEFAULT]\naction = %(action_mwl)s\ndestemail = ops@example.org\n',
  'mail with whois': '[DEFAULT]\naction = %(action_mw)s\n',
  'nftables for all': '[DEFAULT]\nbanaction = nftables-multiport\nbanaction_allports = nftables-allports\n',
  'ipset for all': '[DEFAULT]\nbanaction = iptables-ipset[maxelem=100]\n',
  'aggressive filters': '[DEFAULT]\nmode = aggressive\n',
  'growing bans':
    '[DEFAULT]\nbantime.increment = true\nbantime.factor = 2\nbantime.maxtime = 5w\nbantime.rndtime = 10m\nbantime.multipliers = 1 2 4 8\nbantime.overalljails = no\n',
  'a jail with its own expressions':
    '[sshd]\nfailregex = %(known/failregex)s\n            ^own <HOST>$\nignoreregex = ^fine\nusedns = no\nmaxlines = 5\n',
  'arguments to a filter': '[sshd]\nfilter = sshd[mode=ddos, logtype=journal]\n',
  'several actions':
    '[sshd]\naction = iptables[type=allports, name=x]\n   iptables-new[name=sshd-y]\n   dummy[init="a, b"]\n',
  'a filter that is missing': '[sshd]\nfilter = nosuch\n',
  'an action that is missing': '[sshd]\naction = nosuch[x=1]\n',
  'bad brackets': '[sshd]\nfilter = sshd[mode]\n[dovecot]\naction = iptables[x=1 ]]\n',
  'logs that exist': '[sshd]\nlogpath = /etc/passwd tail\n  /etc/hostname\n  /etc/host*\n',
  'version and place': '[sshd]\nignorecommand = %(fail2ban_confpath)s/x %(fail2ban_version)s %(__name__)s\n',
};

/** Commands of the two streams that are not equal. */
function differences(ours: readonly string[], theirs: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    if (ours[at] !== theirs[at]) lines.push(`f2b:      ${ours[at]}\nfail2ban: ${theirs[at]}`);
  }
  return lines;
}

/** As fail2ban 1.1 prints what 1.0 prints: an unconditional bracket argument (the stock jail pass2allow-ftp has one) overrides the `?family=` value. */
function asIn11(stream: readonly string[]): readonly string[] {
  return journalInstead(stream).map((line) =>
    line.startsWith("['multi-set', 'pass2allow-ftp', 'action'")
      ? line.replace(/\['blocktype\?family=inet6', '[^']*'\]/, "['blocktype?family=inet6', 'RETURN']")
      : line,
  );
}

describe.skipIf(!version)("Debian's stock tree with every jail enabled (needs fail2ban installed)", () => {
  const { root, remove } = temporaryRoot();
  const tree = join(root, 'stock');
  let oracle: Fail2banOracle;

  beforeAll(() => {
    oracle = new Fail2banOracle();
    cpSync(stockTree, tree, { recursive: true });
    const jails = [...readFileSync(join(tree, 'jail.conf'), 'utf8').matchAll(/^\[([^\]]+)\]/gm)].map(
      (match) => match[1]!,
    );
    const enabled = jails.filter((name) => name !== 'DEFAULT' && name !== 'INCLUDES');
    mkdirSync(join(tree, 'jail.d'), { recursive: true });
    writeFileSync(join(tree, 'jail.d', 'all.conf'), enabled.map((name) => `[${name}]\nenabled = true\n`).join(''));
  });
  afterAll(() => {
    oracle?.close();
    remove();
  });

  const read = (directory: string): readonly string[] =>
    renderStream(readSettings({ directory, allowMissingLogs: true, fail2banVersion: version ?? '' }));

  it('gives the same command stream, but for what fail2ban 1.1 changed', async () => {
    const theirs = await oracle.ask(tree);
    expect(theirs.error).toBeUndefined();
    const ours = read(tree);
    expect(differences(ours, asIn11(theirs.stream!))).toEqual([]);
    expect(ours.filter((line) => line.startsWith("['add'") && line.endsWith("'systemd']")).length).toBeGreaterThan(0);
    expect(ours.length).toBeGreaterThan(1000);
  });

  it.each(Object.entries(overrides))('gives the same command stream with %s', async (_, local) => {
    writeFileSync(join(tree, 'jail.local'), local);
    const theirs = await oracle.ask(tree);
    expect(theirs.error).toBeUndefined();
    expect(differences(read(tree), asIn11(theirs.stream!))).toEqual([]);
  });
});
