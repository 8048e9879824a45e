import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ScanResult } from '../failures.js';
import { compileFilter } from '../filter/compile.js';
import { plainSettings } from '../filter/plain-settings.js';
import { scanFile } from './file-scan.js';
import { openPool, type PoolOptions, type ScanPool } from './pool.js';

const now = Date.UTC(2024, 5, 15);
const filter = compileFilter(plainSettings({ failregex: 'from <HOST>$', logtimezone: 'UTC' }), { thisYear: 2024 });
// Years of work for a thread: each line makes the back-reference use up its whole budget.
const slow = compileFilter(
  plainSettings({ failregex: '^(x+)(x+)(x+)-\\3\\2\\1\\1 from <HOST>$', datepattern: '{NONE}' }),
);
const slowBlock = Buffer.from(`${'x'.repeat(3000)}-${'x'.repeat(3000)} from 192.0.2.1\n`.repeat(2000));

const pools: ScanPool[] = [];
function pool(options: PoolOptions = { workers: 2 }): ScanPool {
  const opened = openPool(options);
  pools.push(opened);
  opened.register('jail', [filter]);
  opened.register('slow', [slow]);
  return opened;
}
afterEach(async () => {
  await Promise.all(pools.splice(0).map((one) => one.close()));
});

function block(lines: number, host = '192.0.2.1'): Buffer {
  return Buffer.from(`2024-05-01 10:00:00 failed from ${host}\n`.repeat(lines));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition did not come true');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a pool', () => {
  it('gives the result that a scan on the calling thread gives', async () => {
    const scanned = await pool().scanBlock('jail', block(50), { now, lastTime: true });
    const inline = pool().scanInline('jail', block(50), { now, lastTime: true });
    expect(scanned.matches).toHaveLength(50);
    for (const [index, match] of scanned.matches.entries()) {
      const same = inline.matches[index]!;
      expect([match.line, match.offset, match.time, match.tuple, [...match.groups]]).toEqual([
        same.line,
        same.offset,
        same.time,
        same.tuple,
        [...same.groups],
      ]);
    }
    expect({ ...scanned, matches: [] }).toEqual({ ...inline, matches: [] });
  });

  it('sends workers what to look for, whatever the filters and the sample have in them', async () => {
    const scans = pool();
    const odd = compileFilter(plainSettings({ failregex: ['refused <HOST>$', '^[a-z]+ <HOST>$', '(?i)ÄBC <HOST>'] }));
    const prefixed = compileFilter(
      plainSettings({ prefregex: '^gate <F-CONTENT>.+</F-CONTENT>$', failregex: '<HOST>' }),
    );
    const sample = Buffer.from('all well \0\xff" ä\n');
    const lines = Buffer.from('x refused 192.0.2.1\nabc 192.0.2.2\n Äbc 192.0.2.3\ngate 192.0.2.4\nall is well\n');
    scans.register('jail', [filter, odd, prefixed], sample);
    const found = ({ matches }: ScanResult) => matches.map(({ filter, regex, line }) => [filter, regex, line]);
    expect(found(await scans.scanBlock('jail', lines, { now }))).toEqual([
      [1, 0, 0],
      [1, 1, 1],
      [1, 2, 2],
      [1, 1, 3],
      [2, 0, 3],
    ]);
    scans.register('jail', [filter, odd, prefixed], new Uint8Array(0));
    expect(found(await scans.scanBlock('jail', lines, { now }))).toHaveLength(5);
    expect(found(scans.scanInline('jail', lines, { now }))).toEqual(
      found(await scans.scanBlock('jail', lines, { now })),
    );
  });

  it('hands results out in the order of submission, however long each took', async () => {
    const scans = pool();
    const settled: number[] = [];
    const sizes = [20_000, 1, 5000, 1, 1, 3000, 1];
    await Promise.all(
      sizes.map(async (size, index) => {
        const { matches } = await scans.scanBlock('jail', block(size), { now });
        expect(matches).toHaveLength(size);
        settled.push(index);
      }),
    );
    expect(settled).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('has copied the block when the call returns', async () => {
    const bytes = block(100);
    const scanning = pool().scanBlock('jail', bytes, { now });
    bytes.fill(0x20);
    expect((await scanning).matches).toHaveLength(100);
  });

  it('lets ranges of an open file be read by the workers', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'f2b-pool-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const bytes = block(10_000);
    writeFileSync(join(directory, 'log'), bytes);
    const fd = openSync(join(directory, 'log'), 'r');
    const scans = pool();
    const step = 50_001;
    const starts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => index * step);
    const results = await Promise.all(
      starts.map((start) => scans.scanRange('jail', { fd, start, end: Math.min(start + step, bytes.length) }, { now })),
    );
    closeSync(fd);
    expect(results.reduce((sum, { lines }) => sum + lines, 0)).toBe(10_000);
    expect(results.flatMap(({ matches }, index) => matches.map(({ offset }) => offset + starts[index]!))).toEqual(
      Array.from({ length: 10_000 }, (_, index) => (index * bytes.length) / 10_000),
    );
  });

  it('scans a whole file in order, however it is divided', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'f2b-pool-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const lines = Array.from(
      { length: 2000 },
      (_, index) => `line ${index} ${index % 7 === 0 ? 'from 192.0.2.1' : 'is well'}\n`,
    );
    const bytes = Buffer.from(lines.join(''));
    writeFileSync(join(directory, 'log'), bytes);
    const fd = openSync(join(directory, 'log'), 'r');
    const found: string[] = [];
    for await (const { result, offset, line } of scanFile(
      pool(),
      'jail',
      { fd, start: 0, end: bytes.length },
      { now },
      { rangeBytes: 777 },
    )) {
      for (const match of result.matches) {
        expect(bytes.subarray(match.offset + offset).toString()).toMatch(match.tuple.join(''));
        found.push(`line ${match.line + line}`);
      }
    }
    closeSync(fd);
    expect(found).toEqual(Array.from({ length: 286 }, (_, index) => `line ${index * 7}`));
  });

  it('says that there is room only when there is', async () => {
    const scans = pool({ workers: 1 });
    const first = [scans.scanBlock('jail', block(2000), { now }), scans.scanBlock('jail', block(2000), { now })];
    expect(scans.load).toBe(2);
    let roomy = false;
    const room = scans.room().then(() => {
      roomy = true;
      expect(scans.load).toBeLessThan(2);
    });
    // Nobody is let in while both places are taken.
    await new Promise((resolve) => setImmediate(resolve));
    expect(roomy).toBe(scans.load < 2);
    await room;
    await Promise.all(first);
    expect(scans.load).toBe(0);
  });

  it('takes the filters that were registered last, and tells what it does not know', async () => {
    const scans = pool();
    scans.register('jail', [compileFilter(plainSettings({ failregex: 'never <HOST>$' }))]);
    expect((await scans.scanBlock('jail', block(3), { now })).matches).toHaveLength(0);
    scans.unregister('jail');
    expect(() => scans.scanBlock('jail', block(3), { now })).toThrow("No filters are registered under 'jail'");
  });

  it('tells of a scan that fails, and goes on', async () => {
    const scans = pool({ workers: 1 });
    await expect(scans.scanRange('jail', { fd: 9999, start: 0, end: 10 }, { now })).rejects.toThrow(/EBADF/);
    expect((await scans.scanBlock('jail', block(3), { now })).matches).toHaveLength(3);
    expect(scans.redone).toBe(0);
  });
});

describe('warming', () => {
  it('starts every worker, and changes no result', async () => {
    const scans = pool({ workers: 3, idle: Number.POSITIVE_INFINITY });
    expect(scans.threads).toHaveLength(0);
    await scans.warm(now, new Map([['jail', block(20)]]));
    const started = [...scans.threads].sort();
    expect(started).toHaveLength(3);
    const results = await Promise.all([1, 2, 3, 4].map((lines) => scans.scanBlock('jail', block(lines), { now })));
    expect(results.map(({ matches }) => matches.length)).toEqual([1, 2, 3, 4]);
    expect([...scans.threads].sort()).toEqual(started);
  });

  it('comes to an end when a worker dies over it, and when the pool is closed', async () => {
    const scans = pool({ workers: 2 });
    const warming = scans.warm(now);
    await until(() => scans.workerThreads.length > 0);
    await scans.workerThreads[0]!.terminate();
    await warming;
    expect((await scans.scanBlock('jail', block(3), { now })).matches).toHaveLength(3);
    const again = scans.warm(now);
    await scans.close();
    await again;
    await scans.warm(now);
  });

  it('is over for workers that have been idle for long', async () => {
    const scans = pool({ workers: 2, idle: 1 });
    await scans.warm(now);
    await until(() => scans.threads.length === 0);
    expect((await scans.scanBlock('jail', block(3), { now })).matches).toHaveLength(3);
  });
});

/** A worker that has begun to work. */
async function busyWorker(scans: ScanPool) {
  await until(() => scans.workerThreads.some(({ threadId }) => threadId >= 0));
  const worker = scans.workerThreads.find(({ threadId }) => threadId >= 0)!;
  await new Promise((resolve) => worker.once('message', resolve));
  return worker;
}

describe('a worker that dies', () => {
  it('is replaced, and its block is done again', async () => {
    const scans = pool({ workers: 1 });
    const scanning = scans.scanBlock('jail', block(200_000), { now });
    const next = scans.scanBlock('jail', block(3), { now });
    await (await busyWorker(scans)).terminate();
    expect((await scanning).matches).toHaveLength(200_000);
    expect((await next).matches).toHaveLength(3);
    expect(scans.redone).toBe(1);
  });

  it('before it is ready is replaced too', async () => {
    const scans = pool({ workers: 1 });
    const scanning = scans.scanBlock('jail', block(3), { now });
    await until(() => scans.workerThreads.length > 0);
    await scans.workerThreads[0]!.terminate();
    expect((await scanning).matches).toHaveLength(3);
  });

  it('twice over one block is reported; the next block is done', async () => {
    const scans = pool({ workers: 1 });
    const scanning = scans.scanBlock('slow', slowBlock, { now });
    const failure = scanning.catch((error: unknown) => error);
    await (await busyWorker(scans)).terminate();
    await until(() => scans.redone === 1);
    await (await busyWorker(scans)).terminate();
    expect(await failure).toMatchObject({ code: 'F2B_POOL_WORKER_DIED' });
    expect((await scans.scanBlock('jail', block(3), { now })).matches).toHaveLength(3);
  });
});

describe('a worker that has two blocks at a time', () => {
  it('is not given two blocks to warm up', async () => {
    const scans = pool({ workers: 3, ahead: 2 });
    await scans.warm(now, new Map([['jail', block(20)]]));
    expect(scans.threads).toHaveLength(3);
    const results = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((lines) => scans.scanBlock('jail', block(lines), { now })),
    );
    expect(results.map(({ matches }) => matches.length)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('and dies over one of them, does not take the other one with it', async () => {
    const scans = pool({ workers: 1, ahead: 2 });
    const scanning = scans.scanBlock('slow', slowBlock, { now });
    const failure = scanning.catch((error: unknown) => error);
    const neighbour = scans.scanBlock('jail', block(3), { now });
    await (await busyWorker(scans)).terminate();
    await until(() => scans.redone === 2);
    await (await busyWorker(scans)).terminate();
    expect(await failure).toMatchObject({ code: 'F2B_POOL_WORKER_DIED' });
    expect((await neighbour).matches).toHaveLength(3);
  });
});

describe('closing', () => {
  it('refuses what is still under way and what comes later', async () => {
    const scans = pool({ workers: 1 });
    const scanning = scans.scanBlock('slow', slowBlock, { now });
    const refused = scanning.catch((error: unknown) => error);
    await until(() => scans.threads.length > 0);
    await scans.close();
    expect(await refused).toMatchObject({ code: 'F2B_POOL_CLOSED' });
    expect(() => scans.scanBlock('jail', block(1), { now })).toThrow(/closed/);
  });
});
