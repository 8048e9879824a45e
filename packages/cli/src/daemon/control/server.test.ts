import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../../test/condition.js';
import { ask } from './client.js';
import { maxRequestBytes } from './dialects/dialect.js';
import { Refused, type ReplyValue, refusal } from './reply.js';
import { type ControlServer, openControlServer } from './server.js';
import { runVerb } from './verbs/table.js';
import type { ControlledDaemon, DaemonEvent } from './verbs/verb.js';

let directory: string;
let path: string;
let server: ControlServer;

const listeners = new Set<(event: DaemonEvent) => void>();

const daemon: ControlledDaemon = {
  storeTrouble: () => undefined,
  memoryShortage: () => undefined,
  version: '9.9.9',
  guard: undefined,
  skippedJails: () => [],
  isDryRun: () => false,
  server: {
    loglevel: 'INFO',
    logtarget: '/var/log/f2b.log',
    syslogsocket: 'auto',
    allowipv6: 'auto',
    dbfile: null,
    dbpurgeage: '1d',
    dbmaxmatches: 10,
  },
  say: () => {},
  jailNames: () => ['sshd', 'asterisk'],
  jailStatus: (name) =>
    name === 'sshd' || name === 'asterisk'
      ? {
          name,
          state: 'running',
          why: undefined,
          currentlyFailed: 1,
          totalFailed: 7,
          files: ['/var/log/a'],
          journalmatches: name === 'asterisk' ? ['_SYSTEMD_UNIT=a.service + _COMM=a', '_COMM=b'] : undefined,
          currentlyBanned: 1,
          totalBanned: 2,
          banned: ['192.0.2.1'],
          unenforced: [],
          simulated: false,
        }
      : undefined,
  whySkipped: (name) => (name === 'broken' ? "jail.local:3:1: Unable to read the filter 'x'" : undefined),
  stop: async () => {},
  stopJails: async () => {},
  reload: async () => {
    throw new Refused(refusal('F2B_RELOAD_REFUSED', 'jail.local:3:1: no'));
  },
  ready: async () => {},
  flushLogs: () => 'rolled over',
  isReady: () => true,
  watch(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-sock-'));
  path = join(directory, 'deeper', 'f2b.sock');
  server = await openControlServer(path, (words, gone) => runVerb(daemon, words, gone));
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Sends bytes, and returns all that comes back until the server ends the connection or `until` is seen. */
function talk(bytes: Uint8Array | string, until?: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true });
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (until !== undefined && answer.includes(until)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    socket.on('end', () => socket.destroy());
    socket.write(bytes);
    if (until === undefined) socket.end();
  });
}

describe('the control socket', () => {
  it('is its owner’s alone', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'deeper')).mode & 0o777).toBe(0o700);
  });

  it('answers several requests on one connection, in order, even when they come in single bytes', async () => {
    const socket = connect(path);
    let answer = '';
    const done = new Promise<void>((resolve) => {
      socket.on('data', (data) => {
        answer += data.toString();
        if (answer.split('\n').length > 3) resolve();
      });
    });
    for (const byte of Buffer.from('["ping"]\n["version"]\n["nonsense"]\n')) socket.write(Buffer.of(byte));
    await done;
    socket.destroy();
    const replies = answer
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(replies).toEqual([
      { ok: true, value: 'pong' },
      { ok: true, value: '9.9.9' },
      { ok: false, code: 'F2B_INVALID_COMMAND', message: 'Invalid command' },
    ]);
  });

  it('answers requests that were sent while an earlier one was at work', async () => {
    const answer = await talk('["ping"]\n'.repeat(200));
    expect(answer.split('\n').filter((line) => line.includes('pong'))).toHaveLength(200);
  });

  it('says which jail does not exist', async () => {
    expect(await ask(path, ['status', 'nope'], { timeout: 1000 })).toEqual({
      ok: false,
      code: 'F2B_UNKNOWN_JAIL',
      message: "Sorry but the jail 'nope' does not exist",
    });
  });

  it('says why a jail of the configuration does not run', async () => {
    expect(await ask(path, ['status', 'broken'], { timeout: 1000 })).toEqual({
      ok: false,
      code: 'F2B_JAIL_FAILED',
      message: "The jail 'broken' does not run: jail.local:3:1: Unable to read the filter 'x'",
    });
  });

  it('tells fail2ban’s pickled requests apart by their first byte, and answers as its server does', async () => {
    const ping = `${Buffer.from('8005950b000000000000005d948c0470696e6794612e', 'hex').toString('latin1')}<F2B_END_COMMAND>`;
    const pong = `${Buffer.from('8005950c000000000000004b008c04706f6e679486942e', 'hex').toString('latin1')}<F2B_END_COMMAND>`;
    const answer = await talk(Buffer.from(`${ping}${ping}<F2B_CLOSE_COMMAND><F2B_END_COMMAND>`, 'latin1'));
    expect(answer).toBe(pong + pong);
  });

  it('refuses a pickle that would call something, in its framing', async () => {
    const answer = await talk("cos\nsystem\n(S'true'\ntR.<F2B_END_COMMAND>", '<F2B_END_COMMAND>');
    expect(answer).toMatch(/Exception.*is not data.*<F2B_END_COMMAND>$/s);
  });

  it('refuses a request that never ends, at its limit', async () => {
    const answer = await talk(Buffer.alloc(maxRequestBytes * 4, '['), 'too long');
    expect(answer).toContain('too long');
    expect(await ask(path, ['ping'], { timeout: 1000 })).toEqual({ ok: true, value: 'pong' });
  });

  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it.each(['{}', '[]', deep, '[{}]', '{"a":', '[{"__proto__":1}]'])('refuses %s in words', async (line) => {
    expect(JSON.parse(await talk(`${line}\n`))).toMatchObject({ ok: false, code: 'F2B_BAD_REQUEST' });
  });

  it('survives any bytes, and answers the next client', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(`[${JSON.stringify(text)}]\n`)),
          fc.json().map((text) => Buffer.from(`${text}\n`)),
        ),
        async (bytes) => {
          await talk(bytes);
          expect(await ask(path, ['ping'], { timeout: 1000 })).toEqual({ ok: true, value: 'pong' });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is not held up by clients that send half a request or never read', async () => {
    const idle: Socket[] = [];
    for (let index = 0; index < 20; index += 1) {
      const socket = connect(path);
      socket.on('error', () => {});
      socket.pause();
      socket.write(index % 2 ? '["status"' : '["status","--all"]\n'.repeat(2000));
      idle.push(socket);
    }
    expect(await ask(path, ['ping'], { timeout: 5000 })).toEqual({ ok: true, value: 'pong' });
    for (const socket of idle) socket.destroy();
  });
});

describe('many connections', () => {
  it('do not lock the next one out: the one that was silent for longest makes room', async () => {
    const closed: number[] = [];
    const idle: Socket[] = [];
    for (let index = 0; index < 300; index += 1) {
      const socket = connect(path);
      socket.on('error', () => {});
      socket.on('close', () => closed.push(index));
      // Half a request is none.
      socket.write(index % 2 ? '["ping"' : '');
      await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
      idle.push(socket);
    }
    expect(await ask(path, ['ping'], { timeout: 5000 })).toEqual({ ok: true, value: 'pong' });
    await eventually('the first ones are closed', () => closed.length >= 172);
    // A word that came late may have put one behind its neighbour.
    expect(Math.max(...closed.slice(0, 172))).toBeLessThan(176);
    for (const socket of idle) socket.destroy();
  });

  it('may all be at work, and the next one still gets in', async () => {
    const watching = Array.from({ length: 128 }, () => ask(path, ['watch']).catch((error: Error) => error.message));
    await eventually('all watch', () => listeners.size === 128);
    expect(await ask(path, ['ping'], { timeout: 5000 })).toEqual({ ok: true, value: 'pong' });
    expect(await Promise.race(watching)).toMatch(/ended before it answered 'watch'/);
    await server.close();
    await Promise.all(watching);
  });
});

describe('an answer that comes in parts', () => {
  const ban: DaemonEvent = { event: 'ban', jail: 'sshd', id: '192.0.2.1', time: 1 };

  it('arrives part by part, and ends with the daemon', async () => {
    const seen: ReplyValue[] = [];
    const watching = ask(path, ['watch', 'sshd'], { onItem: (item) => seen.push(item) });
    await eventually('somebody watches', () => listeners.size === 1);
    for (const listener of listeners) {
      listener(ban);
      listener({ ...ban, jail: 'asterisk' });
      listener({ ...ban, event: 'unban' });
    }
    await eventually('both parts', () => seen.length === 3);
    expect(seen).toEqual([{ event: 'watching' }, ban, { ...ban, event: 'unban' }]);
    await server.close();
    expect(await watching).toEqual({ ok: true, value: null });
    expect(listeners.size).toBe(0);
  });

  it('is over when the client has gone', async () => {
    const socket = connect(path);
    socket.write('["watch"]\n');
    await eventually('somebody watches', () => listeners.size === 1);
    socket.destroy();
    await eventually('nobody watches', () => listeners.size === 0);
  });

  it('is bounded where nobody reads it: what was dropped is counted', async () => {
    const socket = connect(path);
    socket.pause();
    socket.write('["watch"]\n');
    await eventually('somebody watches', () => listeners.size === 1);
    const long = 'x'.repeat(1000);
    for (let index = 0; index < 20_000; index += 1) for (const listener of listeners) listener({ ...ban, id: long });
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.resume();
    await eventually('the count', () => text.includes('"event":"lost"'));
    const lost = Number(/"count":(\d+)/.exec(text)![1]);
    await eventually('the rest', () => text.split('\n').length - 3 + lost >= 20_000);
    expect(lost).toBeGreaterThan(10_000);
    socket.destroy();
  });

  it('is refused to those whose protocol has no such thing', async () => {
    const request = Buffer.from('\x80\x02(U\x05watchl.<F2B_END_COMMAND>', 'latin1');
    expect(await talk(request, '<F2B_END_COMMAND>')).toContain('use the f2b command');
  });

  it('of a jail that does not exist is none', async () => {
    expect(await ask(path, ['watch', 'nope'])).toMatchObject({ ok: false, code: 'F2B_UNKNOWN_JAIL' });
  });
});

const client = spawnSync('fail2ban-client', ['--version']).status === 0;
if (!client && process.env.CI) throw new Error('this test needs fail2ban-client');

describe.skipIf(!client)('fail2ban’s own client', () => {
  const says = (...words: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      execFile('fail2ban-client', ['-s', path, ...words], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });

  it('understands the answers', async () => {
    expect(await says('ping')).toMatchObject({ code: 0, stdout: 'Server replied: pong\n' });
    expect(await says('version')).toMatchObject({ code: 0, stdout: '9.9.9\n' });
    expect(await says('echo', 'a', 'b')).toMatchObject({ code: 0, stdout: 'a b\n' });
    expect(await says('status')).toMatchObject({
      code: 0,
      stdout: 'Status\n|- Number of jail:\t2\n`- Jail list:\tasterisk, sshd\n',
    });
    expect((await says('status', 'sshd')).stdout).toBe(
      [
        'Status for the jail: sshd',
        '|- Filter',
        '|  |- Currently failed:\t1',
        '|  |- Total failed:\t7',
        '|  `- File list:\t/var/log/a',
        '`- Actions',
        '   |- Currently banned:\t1',
        '   |- Total banned:\t2',
        '   `- Banned IP list:\t192.0.2.1',
        '',
      ].join('\n'),
    );
    expect((await says('status', 'asterisk')).stdout).toContain(
      '|  `- Journal matches:\t_SYSTEMD_UNIT=a.service + _COMM=a _COMM=b\n',
    );
  });

  it('understands refusals', async () => {
    const unknown = await says('status', 'nope');
    expect(unknown.code).toBe(255);
    expect(unknown.stdout + unknown.stderr).toContain("Sorry but the jail 'nope' does not exist");
    const nonsense = await says('nonsense');
    expect(nonsense.code).toBe(255);
    expect(nonsense.stdout + nonsense.stderr).toContain('Invalid command');
  });
});

describe('the client', () => {
  it('says so when what listens is not f2b', async () => {
    const other = createServer((socket) => socket.end('hello there\n'));
    const place = join(directory, 'other.sock');
    await new Promise<void>((resolve) => other.listen(place, resolve));
    await expect(ask(place, ['ping'])).rejects.toThrow(/is not f2b/);
    other.close();
  });

  it('says so when the daemon dies under a request', async () => {
    const place = join(directory, 'dying.sock');
    const dying = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('{"ok":true,"value":"pong"}\n');
        setImmediate(() => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => dying.listen(place, resolve));
    await expect(ask(place, ['status'])).rejects.toThrow(/ended before it answered 'status'/);
    dying.close();
  });

  it('says so when the connection is closed before a word', async () => {
    const place = join(directory, 'closing.sock');
    const closing = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => closing.listen(place, resolve));
    await expect(ask(place, ['ping'])).rejects.toThrow(/closed without an answer/);
    closing.close();
  });

  it('gives up after its timeout when nobody answers', async () => {
    const mute = createServer(() => {});
    const place = join(directory, 'mute.sock');
    await new Promise<void>((resolve) => mute.listen(place, resolve));
    await expect(ask(place, ['ping'], { timeout: 50 })).rejects.toThrow(/timed out: no answer/);
    mute.close();
  });

  it('takes an answer of any length', async () => {
    const place = join(directory, 'long.sock');
    const banned = [...Array(200_000).keys()].map((index) => `203.0.113.${index}`);
    const long = await openControlServer(place, async () => ({ ok: true, value: banned }));
    expect(await ask(place, ['anything'])).toEqual({ ok: true, value: banned });
    await long.close();
  });
});

it('a reload that is refused says so with a code of its own, and its many lines arrive', async () => {
  expect(await ask(path, ['reload'], { timeout: 2000 })).toEqual({
    ok: false,
    code: 'F2B_RELOAD_REFUSED',
    message: 'jail.local:3:1: no',
  });
});
