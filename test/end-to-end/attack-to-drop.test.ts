import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../condition.js';
import { reasonToSkip } from '../requirements.js';
import { Daemon } from './daemon.js';
import { addresses, TwoHosts } from './namespaces.js';

const cannot = reasonToSkip('root', 'namespaces', 'ip', 'iptables', 'ping');
const article = fileURLToPath(new URL('../fixtures/article', import.meta.url));
const attackerRule =
  '-A OFFENDINGIPS -m recent --update --seconds 3600 --name ATTACKER --mask 255.255.255.255 --rsource -m comment --comment f2b -j DROP';

let hosts: TwoHosts;
let daemon: Daemon | undefined;
let directory: string;
let log: string;

beforeEach(() => {
  if (cannot) return;
  hosts = new TwoHosts();
  directory = mkdtempSync(join(tmpdir(), 'f2b-e2e-'));
  log = join(directory, 'secure');
  writeFileSync(log, '');
});

afterEach(async () => {
  daemon?.kill();
  daemon = undefined;
  hosts?.remove();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

/** The article's tree as written, with the administrator's own `jail.local` and further local files beside it. */
function configuration(localFiles: Record<string, string>): string {
  const tree = join(directory, 'etc');
  cpSync(article, tree, { recursive: true });
  // A test leaves the host's own database alone.
  writeFileSync(join(tree, 'fail2ban.local'), `[Definition]\ndbfile = ${join(directory, 'f2b.sqlite3')}\n`);
  for (const [name, text] of Object.entries(localFiles)) {
    mkdirSync(join(tree, name, '..'), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
  return tree;
}

async function start(tree: string): Promise<Daemon> {
  daemon = new Daemon(hosts.gateway, directory, tree);
  await daemon.ready();
  return daemon;
}

let logged = 0;
/** One failed login from `address`, as sshd's syslog line of this second. */
function failLogin(address: string): void {
  const [, month, day, , time] = /^\w+ (\w+) (\d+) (\d+) ([\d:]+)/.exec(new Date().toString()) ?? [];
  const date = `${month} ${String(Number(day)).padStart(2)} ${time}`;
  appendFileSync(
    log,
    `${date} gw sshd[${4000 + logged++}]: Failed password for root from ${address} port 50022 ssh2\n`,
  );
}

function failures(address: string, count: number): void {
  for (let i = 0; i < count; i++) failLogin(address);
}

async function totalFailed(guard: Daemon, count: number): Promise<void> {
  await eventually(`${count} failures in the status`, () =>
    new RegExp(`Total failed:\\s+${count}\\b`).test(guard.ask('status', 'ssh-iptables').text),
  );
}

const rulesOf = (address: string) =>
  hosts.rules('OFFENDINGIPS', address.includes(':') ? 6 : 4)?.filter((rule) => rule.includes(`${address}/`));

/** Writes the fifth failure and reports how long the kernel's rule took; the figure is printed, not judged. */
async function fifthFailure(address: string, how: string): Promise<void> {
  const before = performance.now();
  failLogin(address);
  await eventually(`a rule for ${address}`, () => (rulesOf(address)?.length ?? 0) >= 2);
  const seconds = ((performance.now() - before) / 1000).toFixed(3);
  console.log(
    `figure: ${how}: ${seconds} s from the write of the fifth failure of ${address} to its rule in the kernel`,
  );
}

async function attackIsAnswered(guard: Daemon, address: string, how: string, alreadyFailed = 0): Promise<void> {
  expect(hosts.answersPing(address)).toBe(true);
  failures(address, 4);
  await totalFailed(guard, alreadyFailed + 4);
  expect(rulesOf(address)).toEqual([]);
  expect(hosts.answersPing(address)).toBe(true);
  await fifthFailure(address, how);
  expect(hosts.answersPing(address)).toBe(false);
}

describe.skipIf(cannot)(`an attacked gateway${cannot ? ` (skipped: ${cannot})` : ''}`, () => {
  it('with the built-in action: the attacker is dropped, the internal network never, and the ban ends exactly', async () => {
    const guard = await start(
      configuration({
        'jail.local': `[DEFAULT]\nbantime = 8\n[ssh-iptables]\naction = offendingips\nlogpath = ${log}\n`,
      }),
    );
    const idle = hosts.rules('OFFENDINGIPS');
    expect(idle).toEqual(['-N OFFENDINGIPS', attackerRule]);
    expect(hosts.rules('INPUT')?.[1]).toBe('-A INPUT -m comment --comment f2b -j OFFENDINGIPS');

    await attackIsAnswered(guard, addresses.attacker, 'offendingips');
    expect(rulesOf(addresses.attacker)).toEqual([
      `-A OFFENDINGIPS -s ${addresses.attacker}/32 -j LOG --log-prefix "Attacker's Back "`,
      `-A OFFENDINGIPS -s ${addresses.attacker}/32 -m recent --set --name ATTACKER --mask 255.255.255.255 --rsource -j DROP`,
    ]);
    expect(hosts.answersPing(addresses.bystander)).toBe(true);
    expect(guard.ask('status', 'ssh-iptables').text).toMatch(new RegExp(`Banned IP list:\\t${addresses.attacker}`));

    failures(addresses.internal, 12);
    await eventually('the internal address to be ignored', () =>
      guard.log().includes(`Ignore ${addresses.internal} by ip`),
    );
    expect(rulesOf(addresses.internal)).toEqual([]);
    expect(hosts.answersPing(addresses.internal)).toBe(true);

    await eventually('the ban to end', () => hosts.rules('OFFENDINGIPS')?.join() === idle?.join());
    expect(guard.log()).toContain(`NOTICE  [ssh-iptables] Unban ${addresses.attacker}`);
    // Within the hour, each packet of the marked attacker renews the mark.
    expect(hosts.answersPing(addresses.attacker)).toBe(false);
    expect(hosts.answersPing(addresses.attacker)).toBe(false);
    hosts.forgetAttackers();
    expect(hosts.answersPing(addresses.attacker)).toBe(true);

    await guard.stop();
    expect(hosts.rules('OFFENDINGIPS')).toBeUndefined();
    expect(hosts.rules('INPUT')).toEqual(['-P INPUT ACCEPT']);
  });

  it('with the built-in action: an IPv6 attacker is dropped as well', async () => {
    const guard = await start(
      configuration({
        'jail.local': `[DEFAULT]\nbantime = 8\n[ssh-iptables]\naction = offendingips\nlogpath = ${log}\n`,
      }),
    );
    const idle = hosts.rules('OFFENDINGIPS', 6);
    await attackIsAnswered(guard, addresses.attacker6, 'offendingips, IPv6');
    await eventually('the ban to end', () => hosts.rules('OFFENDINGIPS', 6)?.join() === idle?.join());
    expect(hosts.answersPing(addresses.attacker6)).toBe(false);
    await guard.stop();
  });

  it("with the article's own chain and action.d/iptables.conf, its unban mended: the same, and the chain stays the administrator's", async () => {
    hosts.onGateway('iptables', '-N', 'OFFENDINGIPS');
    hosts.onGateway('iptables', '-I', 'INPUT', '-j', 'OFFENDINGIPS');
    hosts.onGateway('iptables', ...attackerRule.replace(/--mask \S+ --rsource /, '').split(' '));
    const idle = hosts.wholeFirewall();
    const guard = await start(
      configuration({
        'jail.local': `[DEFAULT]\nbantime = 8\n[ssh-iptables]\nlogpath = ${log}\n`,
        'actions.d/iptables.local': [
          '[Definition]',
          `actionunban = iptables -D <table> -s <ip> -j LOG --log-prefix "Attacker's Back "`,
          '              iptables -D <table> -s <ip> -m recent --set --name ATTACKER -j DROP',
          '',
        ].join('\n'),
      }),
    );
    expect(hosts.wholeFirewall()).toEqual(idle);

    await attackIsAnswered(guard, addresses.attacker, "the article's action.d/iptables.conf");
    failures(addresses.internal, 12);
    await eventually('the internal address to be ignored', () =>
      guard.log().includes(`Ignore ${addresses.internal} by ip`),
    );
    expect(hosts.answersPing(addresses.internal)).toBe(true);

    await eventually('the ban to end', () => hosts.wholeFirewall().join() === idle.join());
    expect(hosts.answersPing(addresses.attacker)).toBe(false);
    hosts.forgetAttackers();
    expect(hosts.answersPing(addresses.attacker)).toBe(true);

    await guard.stop();
    expect(hosts.wholeFirewall()).toEqual(idle);
  });
});
