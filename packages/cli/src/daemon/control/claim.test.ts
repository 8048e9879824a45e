import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './client.js';
import { ok } from './reply.js';
import { type ControlServer, openControlServer } from './server.js';

const pong = () => ok('pong');

let directory: string;
let path: string;
let server: ControlServer;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-claim-'));
  path = join(directory, 'f2b.sock');
  server = await openControlServer(path, pong);
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('claiming the socket', () => {
  it('refuses a second daemon while the first answers', async () => {
    await expect(openControlServer(path, pong)).rejects.toThrow(/Server already running/);
    expect(await ask(path, ['ping'], { timeout: 1000 })).toEqual({ ok: true, value: 'pong' });
  });

  it('gives it to exactly one of many that start in the same moment on a stale socket', async () => {
    const stale = join(directory, 'stale.sock');
    await makeStale(stale);
    const outcomes = await Promise.allSettled([...Array(8).keys()].map(() => openControlServer(stale, pong)));
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(winners[0]!.value.replacedStale).toBe(true);
    expect(await ask(stale, ['ping'], { timeout: 1000 })).toEqual({ ok: true, value: 'pong' });
    await winners[0]!.value.close();
    expect(existsSync(stale)).toBe(false);
  });

  it('never replaces a file that is not a socket', async () => {
    const file = join(directory, 'precious');
    writeFileSync(file, 'data');
    await expect(openControlServer(file, pong)).rejects.toThrow(/not a socket/);
    expect(statSync(file).size).toBe(4);
  });

  it('says when the path is longer than a socket may have', async () => {
    const long = join(directory, 'x'.repeat(120), 'f2b.sock');
    await expect(openControlServer(long, pong)).rejects.toThrow(/107 bytes/);
  });
});

/** A socket file whose process was killed. */
async function makeStale(at: string): Promise<void> {
  spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(at)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  expect(statSync(at).isSocket()).toBe(true);
}
