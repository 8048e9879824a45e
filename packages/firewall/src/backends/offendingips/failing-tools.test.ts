import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFirewall } from '../../actor/firewall.js';
import { offendingIps, order, type RecordedVoice, recordVoice, scriptAction } from '../../fixtures/orders.js';
import { makeScratch, type Scratch } from '../../fixtures/scratch.js';
import { replaceTools } from '../../fixtures/tools.js';
import { openExec } from '../../process/exec.js';
import { speakerOf } from '../../voice.js';
import { ensureRecentTable } from './recent-table.js';

const save = 'echo "*filter"; echo ":INPUT ACCEPT [0:0]"; echo COMMIT';

describe('offendingips with tools that fail', () => {
  let scratch: Scratch;
  let voice: RecordedVoice;

  beforeEach(() => {
    scratch = makeScratch();
    voice = recordVoice();
  });
  afterEach(() => scratch.remove());

  /** A firewall whose tools are these programs, and nothing else of iptables is within reach. */
  const open = (tools: Record<string, string>, toolTimeout = 10_000) => {
    const { PATH } = replaceTools(scratch, tools);
    const env = { PATH: PATH!.split(':').slice(0, 1).concat('/usr/bin', '/bin').join(':') };
    const jails = [{ name: 'sshd', actions: [offendingIps()] }];
    return openFirewall({
      jails,
      voice,
      ipv6: false,
      exec: openExec({ env }),
      modules: scratch.path('module'),
      toolTimeout,
    });
  };

  it.each([
    ['is missing', {}, /iptables-save was not found; install it/],
    ['may not', { 'iptables-save': 'echo "Permission denied (you must be root)" >&2; exit 4' }, /run f2b as root/],
    ['finds the lock taken', { 'iptables-save': 'echo "xtables lock" >&2; exit 4' }, /another program that holds/],
    [
      'fails',
      { 'iptables-save': save, 'iptables-restore': 'cat > /dev/null; echo oops >&2; exit 2' },
      /status 2.*oops/,
    ],
    ['reads nothing', { 'iptables-save': save, 'iptables-restore': 'exec <&-; exit 1' }, /status 1.*said nothing/],
    ['is killed', { 'iptables-save': 'kill -9 $$' }, /SIGKILL/],
    ['floods', { 'iptables-save': 'head -c 1000000 /dev/zero | tr "\\0" x >&2; exit 1' }, /iptables-save failed/],
  ])('a tool that %s gives one clear error, and the orders their reason', async (_how, tools, wanted) => {
    const firewall = open(tools);
    const problems = await firewall.start();
    expect(problems).toHaveLength(1);
    expect(problems[0]!.error.message).toMatch(wanted);
    expect(problems[0]!.error.message.length).toBeLessThan(800);
    voice.lines.length = 0;
    const ids = Array.from({ length: 50 }, (_, index) => `192.0.2.${index}`);
    const outcomes = (await Promise.all(ids.map((id) => firewall.submit(order('ban', id))))).flat();
    expect(outcomes.every(({ ok, error }) => !ok && wanted.test(error!.message))).toBe(true);
    const errors = voice.lines.filter((line) => line.startsWith('ERROR'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('and 49 more orders');
  });

  it('a tool that hangs is killed, and the next change is tried again', async () => {
    const hang = `test -e ${scratch.path('mended')} || sleep 1000; ${save}`;
    const input = scratch.path('input');
    const firewall = open({ 'iptables-save': hang, 'iptables-restore': `cat > ${input}` }, 300);
    expect(await firewall.start()).toMatchObject([
      { error: { code: 'F2B_FIREWALL_HANGS', message: expect.stringContaining('did not end within 0.3 seconds') } },
    ]);
    writeFileSync(scratch.path('mended'), '');
    expect(await firewall.submit(order('ban', '192.0.2.1'))).toMatchObject([{ ok: true }]);
    expect(readFileSync(input, 'utf8')).toContain(
      '-N OFFENDINGIPS\n-I INPUT 1 -m comment --comment f2b -j OFFENDINGIPS\n',
    );
  });

  it('one failing action does not stop the others of the jail', async () => {
    const script = scriptAction({ actionban: `echo <ip> >> ${scratch.path('trace')}` });
    const jails = [{ name: 'sshd', actions: [offendingIps(), script] }];
    const firewall = openFirewall({ jails, voice, ipv6: true, exec: openExec({ env: { PATH: '/nowhere' } }) });
    await firewall.start();
    const outcomes = await firewall.submit(order('ban', '192.0.2.1'));
    expect(outcomes.map(({ action, ok }) => [action, ok])).toEqual([
      ['offendingips', false],
      ['script', true],
    ]);
    expect(scratch.lines()).toEqual(['192.0.2.1']);
  });

  describe("xt_recent's table", () => {
    const size = () => scratch.path('module/xt_recent/parameters/ip_list_tot');
    const load = (value: number, users?: number) => {
      mkdirSync(scratch.path('module/xt_recent/parameters'), { recursive: true });
      writeFileSync(size(), `${value}\n`);
      if (users !== undefined) writeFileSync(scratch.path('module/xt_recent/refcnt'), `${users}\n`);
    };
    const ensure = (modprobe: string) => {
      const env = replaceTools(scratch, { modprobe });
      return ensureRecentTable(5_000, {
        exec: openExec({ env }),
        voice: speakerOf(voice),
        modules: scratch.path('module'),
      });
    };

    it('is enlarged while nobody uses the module', async () => {
      load(100, 0);
      await ensure(`case "$*" in "xt_recent ip_list_tot="*) echo "\${2#*=}" > ${size()};; esac`);
      expect(voice.lines).toEqual(["INFO xt_recent's table now holds 5000 addresses (it held 100)"]);
    });

    it('is reported in one line with the cure where the module is in use', async () => {
      load(100, 3);
      await ensure(`: > ${scratch.path('touched')}`);
      expect(voice.lines).toHaveLength(1);
      expect(voice.lines[0]).toMatch(
        /^WARNING xt_recent's table holds 100 addresses, so attacker number 101 .*modprobe.d/,
      );
      expect(scratch.has('touched')).toBe(false);
    });

    it('is reported with the boot parameter where it is built into the kernel', async () => {
      load(100);
      await ensure('exit 1');
      expect(voice.lines[0]).toContain('boot with xt_recent.ip_list_tot=5000');
    });

    it('is left alone where it is large enough', async () => {
      load(8_000, 0);
      await ensure(`: > ${scratch.path('touched')}`);
      expect(voice.lines).toEqual([]);
      expect(scratch.has('touched')).toBe(false);
    });
  });
});
