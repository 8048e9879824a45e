import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { f2b, program } from './f2b-process.js';
import { reasonToSkip } from './requirements.js';
import { StoredDaemon } from './stored-daemon.js';

const skip = reasonToSkip('tmux');

describe.skipIf(skip !== undefined)('f2b top in tmux', () => {
  let directory: string;
  let daemon: StoredDaemon;
  const socket = () => join(directory, 'f2b.sock');
  const tmux = (...words: readonly string[]) =>
    spawnSync('tmux', ['-S', join(directory, 'tmux.sock'), '-f', '/dev/null', ...words], { encoding: 'utf8' }).stdout;
  const shown = () => tmux('capture-pane', '-p', '-t', 'top');
  const press = (...keys: readonly string[]) => void tmux('send-keys', '-t', 'top', ...keys);
  const shows = (pattern: RegExp) =>
    eventually(`the screen to show ${pattern}`, () => pattern.exec(shown()) ?? undefined, 20_000).catch((error) => {
      throw new Error(`${error.message}\n${shown()}`);
    });
  const banned = () =>
    f2b('-s', socket(), 'status', 'door').lines.find((line) => line.includes('Banned IP list')) ?? '';

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'f2b-top-'));
    daemon = new StoredDaemon(directory, {
      maxretry: '2',
      failregex: '^ knock from <HOST>$\n  ^ knock from <F-ID>\\S+</F-ID>$',
    });
    daemon.start();
    await daemon.ready();
    for (const address of ['203.0.113.9', '203.0.113.10', '198.51.100.7']) {
      for (let i = 0; i < 2; i++) daemon.knock(address);
      await daemon.says(new RegExp(`\\] Ban ${address}`));
    }
    const command = `${process.execPath} ${program} -s ${socket()} top -n 0.2; echo left with $?; sleep 600`;
    tmux('new-session', '-d', '-s', 'top', '-x', '100', '-y', '24', command);
  }, 60_000);
  afterAll(async () => {
    tmux('kill-server');
    await daemon.end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows jails and bans, and what comes while one looks', async () => {
    await shows(/1 jail {2}3 banned/);
    await shows(/door +running/);
    await shows(/203\.0\.113\.9 +door/);
    for (let i = 0; i < 2; i++) daemon.knock('203.0.113.11');
    await shows(/1 jail {2}4 banned[\s\S]*203\.0\.113\.11 +door/);
  }, 60_000);

  it('sorts, and filters while one types', async () => {
    press('s', 's');
    await shows(/by address[\s\S]*198\.51\.100\.7[\s\S]*203\.0\.113\.9[\s\S]*203\.0\.113\.10/);
    press('/', '1', '9', '8');
    await shows(/1 shown, by address, filter: 198/);
    press('Escape');
    await shows(/4 shown/);
  }, 60_000);

  it('fits itself to the size of the terminal', async () => {
    tmux('resize-window', '-t', 'top', '-x', '60', '-y', '12');
    await eventually('twelve lines', () => shown().trimEnd().split('\n').length === 12 || undefined);
    expect(shown()).toMatch(/^f2b [\s\S]*q quit/);
    tmux('resize-window', '-t', 'top', '-x', '100', '-y', '24');
    await eventually('24 lines', () => shown().trimEnd().split('\n').length === 24 || undefined);
  }, 60_000);

  it('tells why, unbans after a question, and bans', async () => {
    press('Enter');
    await shows(/198\.51\.100\.7\n[\s\S]*door: banned for another/);
    press('q');
    await shows(/4 shown/);
    press('u');
    await shows(/unban 198\.51\.100\.7 in door\? y\/n/);
    press('n');
    await shows(/nobody was unbanned/);
    expect(banned()).toContain('198.51.100.7');
    press('u');
    await shows(/y\/n/);
    press('y');
    await shows(/unbanned 198\.51\.100\.7 in door/);
    expect(banned()).not.toContain('198.51.100.7');
    press('b');
    await shows(/ban \(JAIL IP\.\.\.\): door _/);
    tmux('send-keys', '-t', 'top', '-l', '192.0.2.77');
    press('Enter');
    await shows(/banned 192\.0\.2\.77/);
    expect(banned()).toContain('192.0.2.77');
  }, 60_000);

  it('lets nothing through that would steer the terminal', async () => {
    for (let i = 0; i < 2; i++) daemon.knock('\u001b[2Jevil');
    await shows(/\\x1b\[2Jevil +door/);
    await shows(/^f2b .*1 jail/);
  }, 60_000);

  it('gives the terminal back as it was', async () => {
    press('q');
    await shows(/left with 0/);
    expect(shown()).not.toContain('q quit');
  }, 60_000);
});

it('says where it can run when it is no terminal', () => {
  const { code, stderr } = f2b('top');
  expect(code).toBe(255);
  expect(stderr).toMatch(/needs a terminal/);
});
