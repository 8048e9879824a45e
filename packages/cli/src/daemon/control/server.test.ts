import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './client.js';
import { type ControlledDaemon, runCommand } from './commands.js';
import { maxRequestBytes } from './protocol.js';
import { type ControlServer, openControlServer } from './server.js';

let directory: string;
let path: string;
let server: ControlServer;

const daemon: ControlledDaemon = {
  version: '9.9.9',
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
          currentlyBanned: 1,
          totalBanned: 2,
          banned: ['192.0.2.1'],
          unenforced: [],
        }
      : undefined,
  whySkipped: (name) => (name === 'broken' ? "jail.local:3:1: Unable to read the filter 'x'" : undefined),
  stop: async () => {},
  flushLogs: () => 'rolled over',
  isReady: () => true,
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-sock-'));
  path = join(directory, 'deeper', 'f2b.sock');
  server = await openControlServer(path, (command) => runCommand(daemon, command));
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
    expect(await ask(path, ['status', 'nope'], 1000)).toEqual({
      ok: false,
      code: 'F2B_UNKNOWN_JAIL',
      message: "Sorry but the jail 'nope' does not exist",
    });
  });

  it('says why a jail of the configuration does not run', async () => {
    expect(await ask(path, ['status', 'broken'], 1000)).toEqual({
      ok: false,
      code: 'F2B_JAIL_FAILED',
      message: "The jail 'broken' does not run: jail.local:3:1: Unable to read the filter 'x'",
    });
  });

  it('tells fail2ban’s pickled requests apart by their first byte and answers in their framing', async () => {
    const ping = Buffer.concat([
      Buffer.from('8005950b000000000000005d948c0470696e6794612e', 'hex'),
      Buffer.from('<F2B_END_COMMAND>'),
    ]);
    const answer = await talk(ping);
    expect(answer).toMatch(/^\(I1\ncbuiltins\nException\n\(V[^\n]+\ntRt\.<F2B_END_COMMAND>$/);
  });

  it('refuses a request that never ends, at its limit', async () => {
    const answer = await talk(Buffer.alloc(maxRequestBytes * 4, '['), 'too long');
    expect(answer).toContain('too long');
    expect(await ask(path, ['ping'], 1000)).toEqual({ ok: true, value: 'pong' });
  });

  it.each(['{}', '[]', '[[]]', '[null]', '{"a":', '"ping"x', '[{"__proto__":1}]'])(
    'refuses %s in words',
    async (line) => {
      const answer = await talk(`${line}\n`);
      // What begins with neither [ nor { is taken for a pickle.
      if (line.startsWith('"')) expect(answer).toContain('<F2B_END_COMMAND>');
      else expect(JSON.parse(answer)).toMatchObject({ ok: false, code: 'F2B_BAD_REQUEST' });
    },
  );

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
          expect(await ask(path, ['ping'], 1000)).toEqual({ ok: true, value: 'pong' });
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
    expect(await ask(path, ['ping'], 5000)).toEqual({ ok: true, value: 'pong' });
    for (const socket of idle) socket.destroy();
  });
});

describe('the client', () => {
  it('says so when what listens is not f2b', async () => {
    const other = createServer((socket) => socket.end('hello there\n'));
    const place = join(directory, 'other.sock');
    await new Promise<void>((resolve) => other.listen(place, resolve));
    await expect(ask(place, ['ping'], undefined)).rejects.toThrow(/is not f2b/);
    other.close();
  });

  it('gives up after its timeout when nobody answers', async () => {
    const mute = createServer(() => {});
    const place = join(directory, 'mute.sock');
    await new Promise<void>((resolve) => mute.listen(place, resolve));
    await expect(ask(place, ['ping'], 50)).rejects.toThrow(/timed out: no answer/);
    mute.close();
  });

  it('takes an answer of any length', async () => {
    const place = join(directory, 'long.sock');
    const banned = [...Array(200_000).keys()].map((index) => `203.0.113.${index}`);
    const long = await openControlServer(place, async () => ({ ok: true, value: banned }));
    expect(await ask(place, ['anything'], undefined)).toEqual({ ok: true, value: banned });
    await long.close();
  });
});

describe('claiming the socket', () => {
  it('refuses a second daemon while the first answers', async () => {
    await expect(openControlServer(path, async () => ({ ok: true, value: null }))).rejects.toThrow(
      /Server already running/,
    );
    expect(await ask(path, ['ping'], 1000)).toEqual({ ok: true, value: 'pong' });
  });

  it('gives it to exactly one of many that start in the same moment on a stale socket', async () => {
    const stale = join(directory, 'stale.sock');
    await makeStale(stale);
    const outcomes = await Promise.allSettled(
      [...Array(8).keys()].map(() => openControlServer(stale, (command) => runCommand(daemon, command))),
    );
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(winners[0]!.value.replacedStale).toBe(true);
    expect(await ask(stale, ['ping'], 1000)).toEqual({ ok: true, value: 'pong' });
    await winners[0]!.value.close();
    expect(existsSync(stale)).toBe(false);
  });

  it('never replaces a file that is not a socket', async () => {
    const file = join(directory, 'precious');
    writeFileSync(file, 'data');
    await expect(openControlServer(file, async () => ({ ok: true, value: null }))).rejects.toThrow(/not a socket/);
    expect(statSync(file).size).toBe(4);
  });

  it('says when the path is longer than a socket may have', async () => {
    const long = join(directory, 'x'.repeat(120), 'f2b.sock');
    await expect(openControlServer(long, async () => ({ ok: true, value: null }))).rejects.toThrow(/107 bytes/);
  });
});

/** A socket file whose process was killed. */
async function makeStale(at: string): Promise<void> {
  const { spawnSync } = await import('node:child_process');
  spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(at)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  expect(statSync(at).isSocket()).toBe(true);
}
