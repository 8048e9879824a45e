import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { guardTrial } from '../../packages/core/src/fixtures/guard.js';
import { counts, knocks, manyTries } from './counting.js';

const trial = guardTrial();
const nobody = 65_534;
const files = () => trial.guard.jailStatus('door')?.files;
const pattern = (more = '') => trial.door(manyTries).replace(trial.logPath(), `${trial.logPath('*.log')}${more}`);

describe('a log that comes late', () => {
  it('T11 because its directory is not there yet: it is read from its first line', async () => {
    await trial.start(trial.door(manyTries).replace(trial.logPath(), trial.logPath('deep/er/door.log')));
    expect(trial.guard.jailStatus('door')?.state).toBe('waiting');
    mkdirSync(trial.logPath('deep/er'), { recursive: true });
    trial.append(knocks(trial, 2), 'deep/er/door.log');
    await counts(trial, 2);
    expect(trial.guard.jailStatus('door')?.state).toBe('running');
  });

  it('T12 with ninety-nine others of its pattern: all are followed within two looks, and dropped once unlinked', async () => {
    trial.append(knocks(trial, 1), 'first.log');
    await trial.start(pattern());
    for (let i = 0; i < 100; i++) trial.append(knocks(trial, 2), `${i}.log`);
    // Two looks, a tenth of a second in this trial; nothing else is moved on.
    await vi.waitFor(() => expect(trial.guard.jailStatus('door')?.totalFailed).toBe(201), { timeout: 20_000 });
    expect(files()).toHaveLength(101);
    for (let i = 0; i < 100; i++) unlinkSync(trial.logPath(`${i}.log`));
    await vi.waitFor(
      async () => {
        trial.moveClock(31_000);
        await trial.guard.settled();
        expect(files()).toEqual([trial.logPath('first.log')]);
      },
      { timeout: 20_000 },
    );
  });

  it('among five hundred others, one of which is flooded: all have their turn', async () => {
    for (let i = 0; i < 500; i++) trial.append('', `${i}.log`);
    await trial.start(pattern(), { pollEvery: 2000 });
    const flood = '2026-01-01 00:00:00 gate door[77]: somebody went through\n'.repeat(20_000);
    for (let i = 0; i < 20; i++) trial.append(flood, '0.log');
    for (let i = 1; i < 500; i++) trial.append(knocks(trial, 1), `${i}.log`);
    await vi.waitFor(() => expect(trial.guard.jailStatus('door')?.totalFailed).toBe(499), { timeout: 25_000 });
    expect(trial.guard.health().longestDelay).toBeLessThan(10_000);
  }, 60_000);
});

describe('a log that cannot be read', () => {
  afterEach(() => process.seteuid?.(0));

  it.skipIf(process.getuid?.() !== 0)('T13 for lack of permission, which is given later', async () => {
    trial.append(knocks(trial, 2));
    for (const path of [trial.directory, trial.logPath('.')]) chownSync(path, nobody, nobody);
    chmodSync(trial.logPath(), 0);
    process.seteuid?.(nobody);
    await trial.start(trial.door(manyTries));
    await trial.says(/door\.log.*(?:permission|may not be read|denied)/i);
    expect(trial.guard.jailStatus('door')?.state).toBe('waiting');
    process.seteuid?.(0);
    chownSync(trial.logPath(), nobody, nobody);
    chmodSync(trial.logPath(), 0o400);
    process.seteuid?.(nobody);
    await counts(trial, 2);
    process.seteuid?.(0);
  });

  it.each([
    ['directory', (path: string) => mkdirSync(path)],
    ['FIFO', (path: string) => void execFileSync('mkfifo', [path])],
    ['device', (path: string) => symlinkSync('/dev/zero', path)],
    ['socket', (path: string) => void createServer().listen(path).unref()],
  ])('T14 because it is a %s: refused with the reason, and read once it is a file', async (what, make) => {
    make(trial.logPath());
    await vi.waitFor(() => renameSync(trial.logPath(), trial.logPath('odd')), { timeout: 5000, interval: 10 });
    renameSync(trial.logPath('odd'), trial.logPath());
    await trial.start(trial.door(manyTries));
    await trial.says(new RegExp(`ERROR .*door\\.log.*${what}`));
    expect(trial.guard.jailStatus('door')?.state).toBe('waiting');
    renameSync(trial.logPath(), trial.logPath('odd'));
    trial.append(knocks(trial, 2));
    await counts(trial, 2);
  });
});

describe('changes that nobody tells of', () => {
  it('T19 because the kernel has no watches left: it is said, and looking finds them', async () => {
    let complain = (_error: Error) => {};
    await trial.start(trial.door(manyTries), {
      edges: {
        watch: () => {
          complain(Object.assign(new Error('ENOSPC: System limit for number of file watchers reached')));
          return { add() {}, remove() {}, async close() {} };
        },
      },
    });
    complain = () => {};
    trial.append(knocks(trial, 2));
    await counts(trial, 2);
  });

  it('T20 because the file system is a remote one: looking finds them, rotation too', async () => {
    await trial.start(trial.door(manyTries), {
      edges: { watch: () => ({ add() {}, remove() {}, async close() {} }) },
    });
    trial.append(knocks(trial, 2));
    await counts(trial, 2);
    renameSync(trial.logPath(), trial.logPath('door.log.1'));
    trial.append(knocks(trial, 1), 'door.log.1');
    trial.append(knocks(trial, 1));
    await counts(trial, 4);
  });
});

describe('how a logpath is written', () => {
  it.each([
    ['', 3],
    [' head', 3],
    [' tail', 0],
  ])('with "%s" behind it, counts %i of three old failures, and all new ones', async (word, old) => {
    trial.append(knocks(trial, 3));
    await trial.start(trial.door(manyTries).replace(trial.logPath(), `${trial.logPath()}${word}`));
    await counts(trial, old);
    trial.append(knocks(trial, 2));
    await counts(trial, old + 2);
  });

  it('of a recidive jail, whose log does not exist yet: it waits, and reads it from its first line', async () => {
    await trial.start(
      `${trial.door(manyTries)}\n${trial.door(manyTries).replace('[door]', '[again]').replace(trial.logPath(), trial.logPath('f2b.log'))}`,
    );
    expect(trial.guard.jailStatus('again')?.state).toBe('waiting');
    trial.append(knocks(trial, 2), 'f2b.log');
    await counts(trial, 2, 'again');
  });
});
