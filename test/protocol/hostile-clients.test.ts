import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../packages/cli/src/daemon/control/client.js';
import { readPickle } from '../../packages/cli/src/daemon/control/dialects/pickle/read.js';
import { eventually } from '../condition.js';
import { program } from '../f2b-process.js';
import { StoredDaemon } from '../stored-daemon.js';

const end = '<F2B_END_COMMAND>';
const directory = mkdtempSync(join(tmpdir(), 'f2b-hostile-'));
const path = join(directory, 'f2b.sock');
let daemon: ChildProcess;
let said = '';

/** Bytes that the daemon's process has in memory. */
function resident(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))![1]) * 1024;
}

/** Writes bytes and reads until an answer is there, or the connection is over. */
function talk(bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const seen: Buffer[] = [];
    const over = () => {
      socket.destroy();
      resolve(Buffer.concat(seen));
    };
    socket.on('error', over);
    socket.on('close', over);
    socket.on('data', (data) => {
      seen.push(data);
      if (data.includes(end) || data.includes('\n')) over();
    });
    socket.end(bytes);
  });
}

const lives = () => ask(path, ['ping'], { timeout: 5000 });
const pong = { ok: true, value: 'pong' };

const text = fc.string({ maxLength: 20 }).map((word) => {
  const bytes = Buffer.from(word);
  return Buffer.concat([Buffer.of(0x8c, bytes.length), bytes]);
});
const opcode = fc.oneof(
  text,
  fc.constantFrom(...'(]}l)ted.asuN0123'.split('')).map((letter) => Buffer.from(letter)),
  fc
    .constantFrom(
      'K\x07',
      'M\x01\x02',
      'J\xff\xff\xff\x7f',
      '\x94',
      'h\0',
      'h\x01',
      'q\0',
      '\x86',
      '\x85',
      '\x88',
      '\x89',
    )
    .map((letters) => Buffer.from(letters, 'latin1')),
  // What would import, call, build or recall something.
  fc
    .constantFrom(
      'cos\nsystem\n',
      '\x8c\x02os\x8c\x06system\x93',
      'R',
      'b',
      '\x81',
      '\x92',
      'i__builtin__\neval\n',
      'o',
      'P7\n',
      'Q',
      '\x82\x01',
      '\x97',
    )
    .map((letters) => Buffer.from(letters, 'latin1')),
  // Lengths that nothing stands behind.
  fc
    .constantFrom(
      'X\xff\xff\xff\x7f',
      'B\xff\xff\xff\xff',
      '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f',
      '\x8b\xff\xff\xff\x7f',
      '\x8e\0\0\0\0\0\0\0\x80',
      'T\0\0\0\x80',
    )
    .map((letters) => Buffer.from(letters, 'latin1')),
);
const anyPickle = fc
  .tuple(fc.constantFrom('\x80\x02', '\x80\x05', ''), fc.array(opcode, { maxLength: 30 }), fc.constantFrom('.', ''))
  .map(([head, body, tail]) => Buffer.concat([Buffer.from(head, 'latin1'), ...body, Buffer.from(tail)]));

describe('whoever may use the socket', () => {
  beforeAll(async () => {
    // A tree with one jail.
    new StoredDaemon(directory);
    daemon = spawn(process.execPath, [program, '-c', directory, '--dry-run', '-f', 'start'], { stdio: 'pipe' });
    for (const stream of [daemon.stdout, daemon.stderr]) stream?.on('data', (data) => (said += data));
    await eventually('the daemon to be ready', () => said.includes('Server ready'), 60_000);
  }, 90_000);
  afterAll(() => {
    daemon.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  it('is root, or who runs the daemon', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is answered or refused whatever pickle it sends, whole or cut short, and the daemon lives on', async () => {
    await fc.assert(
      fc.asyncProperty(anyPickle, fc.nat(60), async (bytes, cut) => {
        const whole = cut > 40 ? bytes : bytes.subarray(0, cut);
        // The daemon's own commands are tried elsewhere.
        if (whole.includes('stop')) return;
        const answer = await talk(Buffer.concat([whole, Buffer.from(end)]));
        const body = answer.subarray(0, answer.indexOf(end));
        // An exception names its class: that is the one thing beside data that is ever sent.
        if (body.includes(Buffer.from('\x93', 'latin1')))
          expect(body.includes('Exception') || body.includes('Error')).toBe(true);
        else if (body.length > 0) expect(() => readPickle(body)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
    expect(await lives()).toEqual(pong);
    expect(daemon.exitCode).toBeNull();
  }, 120_000);

  it('makes the daemon grow by no length that it promises, and by no list that it repeats', async () => {
    const before = resident();
    for (let count = 0; count < 40; count += 1) {
      const doubling = Array.from(
        { length: 200 },
        (_, i) => `q${String.fromCharCode(i)}0]h${String.fromCharCode(i)}ah${String.fromCharCode(i)}a`,
      );
      await talk(Buffer.from(`\x80\x02]${doubling.join('')}.${end}`, 'latin1'));
      await talk(Buffer.from(`\x80\x05\x8d\xff\xff\xff\xff\xff\xff\xff\x7f${end}`, 'latin1'));
      await talk(Buffer.from(`\x80\x05]${'\x8c\xff'.repeat(100_000)}${end}`, 'latin1'));
    }
    expect(await lives()).toEqual(pong);
    expect(resident() - before).toBeLessThan(150 * 1024 * 1024);
  }, 120_000);

  it('writes as slowly as it likes, with 500 others, and the next one gets in', async () => {
    const before = resident();
    const sockets: Socket[] = [];
    for (let count = 0; count < 500; count += 1) {
      const socket = connect(path);
      socket.on('error', () => {});
      sockets.push(socket);
      socket.write(Buffer.from(count % 3 === 0 ? '\x80\x05]\x94\x8c' : count % 3 === 1 ? '["sta' : '', 'latin1'));
      await new Promise<void>((resolve) => {
        socket.once('connect', resolve);
        socket.once('error', () => resolve());
      });
      if (count % 50 === 0) expect(await lives()).toEqual(pong);
    }
    const drip = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write('\x04');
    }, 20);
    for (let count = 0; count < 20; count += 1) expect(await lives()).toEqual(pong);
    clearInterval(drip);
    for (const socket of sockets) socket.destroy();
    expect(resident() - before).toBeLessThan(150 * 1024 * 1024);
  }, 120_000);

  it('has changed nothing by all that', async () => {
    const reply = await ask(path, ['status', 'door']);
    expect(JSON.stringify(reply)).toContain('["Total banned",0]');
    expect(said).not.toMatch(/has a bug/);
  });
});
