import { copyFileSync, linkSync, renameSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { openPool } from '@f2b/matcher';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { openMemoryStore } from '../keeping/memory.js';

const trial = guardTrial();
const failed = () => trial.guard.jailStatus('door')?.totalFailed;
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

/** The guard's housekeeping, and then everything that is in the logs. */
async function housekeeping(): Promise<void> {
  trial.moveClock(10_000);
  await trial.guard.settled();
}

const pattern = () =>
  trial.door().replace(trial.logPath(), `${trial.logPath()}*`).replace('maxretry = 3', 'maxretry = 20');

/** Lines that do not look alike, whichever file they are in. */
let count = 0;
const knocks = (many: number) =>
  Array.from({ length: many }, () => trial.knock(`192.0.2.${(count++ % 200) + 1}`)).join('');

describe('a pattern that matches the names after rotation as well', () => {
  it.each([
    ['renaming, with numbers', () => renameSync(trial.logPath(), trial.logPath('door.log.1'))],
    ['renaming, with dates', () => renameSync(trial.logPath(), trial.logPath('door.log-20261128'))],
    [
      'copying and truncating',
      () => {
        copyFileSync(trial.logPath(), trial.logPath('door.log.1'));
        truncateSync(trial.logPath());
      },
    ],
  ])('counts each failure once: %s', async (_how, rotate) => {
    trial.append(knocks(3));
    await trial.start(pattern());
    await until(() => expect(failed()).toBe(3));
    rotate();
    trial.append(knocks(2));
    await trial.guard.settled();
    for (let i = 0; i < 6; i++) await housekeeping();
    expect(failed()).toBe(5);
  });

  it('counts each failure once while every file moves on by one name', async () => {
    for (const name of ['door.log.2', 'door.log.1', 'door.log']) trial.append(knocks(2), name);
    await trial.start(pattern());
    await until(() => expect(failed()).toBe(6));
    for (let round = 1; round <= 3; round++) {
      renameSync(trial.logPath('door.log.2'), trial.logPath('door.log.3'));
      renameSync(trial.logPath('door.log.1'), trial.logPath('door.log.2'));
      renameSync(trial.logPath('door.log'), trial.logPath('door.log.1'));
      trial.append(knocks(1), 'door.log.1');
      trial.append(knocks(2));
      await trial.guard.settled();
      for (let i = 0; i < 4; i++) await housekeeping();
      expect(failed()).toBe(6 + 3 * round);
    }
  });

  it('reads what was written to a file between the last look and its copying', async () => {
    trial.append(knocks(3));
    await trial.start(pattern(), {
      pollEvery: 3_600_000,
      edges: { watch: () => ({ add() {}, remove() {}, async close() {} }) },
    });
    await trial.guard.settled();
    expect(failed()).toBe(3);
    trial.append(knocks(2));
    copyFileSync(trial.logPath(), trial.logPath('door.log.1'));
    truncateSync(trial.logPath());
    trial.append(knocks(1));
    await trial.guard.settled();
    await housekeeping();
    await housekeeping();
    expect(failed()).toBe(6);
  });

  it('drops names that have vanished, and takes up those that come', async () => {
    trial.append(knocks(1));
    trial.append(knocks(1), 'door.log-1');
    await trial.start(pattern());
    await until(() => expect(failed()).toBe(2));
    unlinkSync(trial.logPath('door.log-1'));
    await trial.guard.settled();
    for (let i = 0; i < 5; i++) await housekeeping();
    expect(trial.guard.jailStatus('door')?.files).toEqual([trial.logPath()]);
    trial.append(knocks(1), 'door.log-1');
    for (let i = 0; i < 2; i++) await housekeeping();
    await until(() => expect(failed()).toBe(3));
    expect(trial.guard.jailStatus('door')?.files).toEqual([trial.logPath(), trial.logPath('door.log-1')]);
  });
});

describe('one file under several names', () => {
  it('is shown to a jail once, whether they are links or names of a pattern', async () => {
    trial.append(knocks(2));
    symlinkSync(trial.logPath(), trial.logPath('door.log-soft'));
    linkSync(trial.logPath(), trial.logPath('door.log-hard'));
    await trial.start(pattern());
    await until(() => expect(failed()).toBe(2));
    trial.append(knocks(3));
    await trial.guard.settled();
    for (let i = 0; i < 3; i++) await housekeeping();
    expect(failed()).toBe(5);
  });

  it('is shown to every jail that names it', async () => {
    trial.append(knocks(2));
    symlinkSync(trial.logPath(), trial.logPath('link'));
    const other = trial.door().replace('[door]', '[other]').replace(trial.logPath(), trial.logPath('link'));
    await trial.start(`${trial.door()}\n${other}`);
    await until(() => expect([failed(), trial.guard.jailStatus('other')?.totalFailed]).toEqual([2, 2]));
  });
});

describe('a file that is rewritten and begins with the same line', () => {
  it('is read anew', async () => {
    const head = '# the log of the door\n';
    writeFileSync(trial.logPath(), head + knocks(3));
    await trial.start(trial.door('maxretry = 20'));
    await until(() => expect(failed()).toBe(3));
    writeFileSync(trial.logPath(), head + knocks(4));
    await trial.guard.settled();
    expect(failed()).toBe(7);
  });
});

describe('lines that cannot be scanned for a reason that does not lie in them', () => {
  const pool = openPool({ workers: 1 });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => pool.close());

  it('wait, say so in the status, and are judged once they can be', async () => {
    let broken = false;
    const gone = Object.assign(new Error("ENOENT: no such file or directory, open 'scanner.wasm'"), { code: 'ENOENT' });
    const scanInline = pool.scanInline.bind(pool);
    vi.spyOn(pool, 'scanInline').mockImplementation((...args) => {
      if (broken) throw gone;
      return scanInline(...args);
    });
    trial.append(knocks(1));
    await trial.start(trial.door('maxretry = 20'), { pool });
    await until(() => expect(failed()).toBe(1));
    broken = true;
    trial.append(knocks(2));
    await trial.says(/ERROR .*door\.log: its lines cannot be scanned: ENOENT.*they wait and are tried again/);
    expect(trial.guard.jailStatus('door')).toMatchObject({ state: 'waiting', totalFailed: 1 });
    trial.append(knocks(2));
    broken = false;
    await until(() => expect(failed()).toBe(5));
    expect(trial.guard.jailStatus('door')).toMatchObject({ state: 'running' });
  });

  it('are left for the next process when the guard stops meanwhile', async () => {
    const gone = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    vi.spyOn(pool, 'scanInline').mockImplementation(() => {
      throw gone;
    });
    trial.append(knocks(2));

    const store = openMemoryStore();
    await trial.start(trial.door('maxretry = 20'), { pool, store });
    await trial.says(/EMFILE/);
    await trial.stop();
    vi.restoreAllMocks();
    await trial.start(trial.door('maxretry = 20'), { pool, store });
    await until(() => expect(failed()).toBe(2));
  });

  it('are judged though the name that they stood under has vanished meanwhile', async () => {
    let broken = false;
    const scanInline = pool.scanInline.bind(pool);
    vi.spyOn(pool, 'scanInline').mockImplementation((...args) => {
      if (broken) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
      return scanInline(...args);
    });
    trial.append(knocks(1));
    await trial.start(pattern(), { pool });
    await until(() => expect(failed()).toBe(1));
    broken = true;
    trial.append(knocks(2), 'door.log-1');
    for (let i = 0; i < 2; i++) trial.moveClock(10_000);
    await trial.says(/door\.log-1: its lines cannot be scanned/);
    unlinkSync(trial.logPath('door.log-1'));
    for (let i = 0; i < 8; i++) {
      trial.moveClock(10_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    broken = false;
    trial.moveClock(60_000);
    await until(() => expect(failed()).toBe(3));
    for (let i = 0; i < 5; i++) await housekeeping();
    expect(trial.guard.jailStatus('door')?.files).toEqual([trial.logPath()]);
  });

  it('are passed over when it may be their own fault, and those behind them are judged', async () => {
    const scanInline = pool.scanInline.bind(pool);
    vi.spyOn(pool, 'scanInline').mockImplementation((key, bytes, context) => {
      if (Buffer.from(bytes).includes('poison')) throw new RangeError('a fault of the scan');
      return scanInline(key, bytes, context);
    });
    await trial.start(trial.door('maxretry = 20'), { pool });
    trial.append('poison\n');
    await trial.says(/a fault of the scan/);
    trial.append(knocks(2));
    await until(() => expect(failed()).toBe(2));
  });
});
