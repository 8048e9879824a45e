import {
  closeSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guardTrial } from '../../packages/core/src/fixtures/guard.js';
import { openMemoryStore } from '../../packages/core/src/keeping/memory.js';
import { counts, knocks, manyTries } from './counting.js';

const trial = guardTrial();
/** Only polling finds changes, once an hour: so everything between two looks is between two looks. */
const blind = {
  pollEvery: 3_600_000,
  edges: { watch: () => ({ add() {}, remove() {}, async close() {} }) },
};

async function startAndRead(options = {}): Promise<void> {
  trial.append(knocks(trial, 3));
  await trial.start(trial.door(manyTries), options);
  await counts(trial, 3);
}

describe('rotation', () => {
  it('T4 by rename, and late writes to the renamed file', async () => {
    await startAndRead();
    const late = openSync(trial.logPath(), 'a');
    renameSync(trial.logPath(), trial.logPath('door.log.1'));
    trial.append(knocks(trial, 2));
    await counts(trial, 5);
    writeSync(late, knocks(trial, 2));
    closeSync(late);
    await counts(trial, 7);
  });

  it('T5 by rename, and the new file comes ten seconds later', async () => {
    await startAndRead();
    renameSync(trial.logPath(), trial.logPath('door.log.1'));
    trial.append(knocks(trial, 1), 'door.log.1');
    trial.moveClock(10_000);
    await counts(trial, 4);
    trial.append(knocks(trial, 1));
    await counts(trial, 5);
  });

  it.each([
    ['less than was read', 1],
    ['more than was read', 9],
  ])('T6 by copytruncate, and the log has %s at the next look', async (_what, many) => {
    await startAndRead(blind);
    trial.append(knocks(trial, 2));
    copyFileSync(trial.logPath(), trial.logPath('door.log.1'));
    truncateSync(trial.logPath());
    trial.append(knocks(trial, many));
    await counts(trial, 5 + many);
  });

  it('T7 copytruncate twice between two reads: what only the copies have is read there', async () => {
    await startAndRead(blind);
    for (const copy of ['door.log.2', 'door.log.1']) {
      trial.append(knocks(trial, 2));
      copyFileSync(trial.logPath(), trial.logPath(copy));
      truncateSync(trial.logPath());
    }
    trial.append(knocks(trial, 1));
    await counts(trial, 8);
  });

  it('T7 truncated and rewritten to the same length', async () => {
    await startAndRead(blind);
    const { size } = statSync(trial.logPath());
    writeFileSync(trial.logPath(), knocks(trial, 3));
    expect(statSync(trial.logPath()).size).toBe(size);
    await counts(trial, 6);
  });

  it('T8 by atomic replacement', async () => {
    await startAndRead();
    writeFileSync(trial.logPath('new'), knocks(trial, 2));
    renameSync(trial.logPath('new'), trial.logPath());
    await counts(trial, 5);
  });

  it('T9 deleted and made anew with the same inode number, while nobody looked', async () => {
    const store = openMemoryStore();
    await startAndRead({ store });
    const { ino } = statSync(trial.logPath());
    await trial.stop();
    // Whether the number is given again is the file system's business: it is tried until it is, and counted all the same.
    for (let tries = 0; tries < 50; tries++) {
      unlinkSync(trial.logPath());
      writeFileSync(trial.logPath(), '');
      if (statSync(trial.logPath()).ino === ino) break;
    }
    trial.append(knocks(trial, 5));
    await trial.start(trial.door(manyTries), { store });
    await counts(trial, 5);
  });

  it('T10 of a hard link: other content has the name', async () => {
    await startAndRead();
    trial.append(knocks(trial, 2), 'other');
    unlinkSync(trial.logPath());
    linkSync(trial.logPath('other'), trial.logPath());
    await counts(trial, 5);
  });

  it('T10 of a symbolic link to another target, and swapped back', async () => {
    trial.append(knocks(trial, 2), 'one');
    trial.append(knocks(trial, 2), 'two');
    symlinkSync('one', trial.logPath());
    await trial.start(trial.door(manyTries));
    await counts(trial, 2);
    for (const target of ['two', 'one']) {
      symlinkSync(target, trial.logPath('swap'));
      renameSync(trial.logPath('swap'), trial.logPath());
      trial.append(knocks(trial, 1), target);
      await trial.guard.settled();
    }
    await counts(trial, 6);
  });

  it('T10 of the directory above it', async () => {
    await startAndRead();
    renameSync(trial.logPath('.'), `${trial.directory}/old`);
    mkdirSync(trial.logPath('.'));
    trial.append(knocks(trial, 2));
    await counts(trial, 5);
    rmSync(`${trial.directory}/old`, { recursive: true });
  });

  it('T15 ten times a second under 50,000 lines a second: every failure counts once', async () => {
    await startAndRead();
    let written = 3;
    const noise = '2026-01-01 00:00:00 gate door[77]: somebody went through\n'.repeat(499);
    for (let rotation = 0; rotation < 20; rotation++) {
      // A tenth of a second's lines, a hundredth of them failures.
      for (let i = 0; i < 10; i++) {
        trial.append(noise + knocks(trial, 1));
        written++;
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (let number = rotation; number > 0; number--)
        renameSync(trial.logPath(`door.log.${number}`), trial.logPath(`door.log.${number + 1}`));
      renameSync(trial.logPath(), trial.logPath('door.log.1'));
      trial.append('');
    }
    await counts(trial, written);
  }, 60_000);

  it('between stop and start, several times: all that was put aside is read', async () => {
    const store = openMemoryStore();
    await startAndRead({ store });
    await trial.stop();
    trial.append(knocks(trial, 1));
    renameSync(trial.logPath(), trial.logPath('door.log.2'));
    trial.append(knocks(trial, 2));
    renameSync(trial.logPath(), trial.logPath('door.log.1'));
    trial.append(knocks(trial, 3));
    await trial.start(trial.door(manyTries), { store });
    await counts(trial, 6);
  });

  it('before a stop, with late writes to the old file after it: they are read', async () => {
    const store = openMemoryStore();
    await startAndRead({ store });
    renameSync(trial.logPath(), trial.logPath('door.log.1'));
    trial.append(knocks(trial, 1));
    await counts(trial, 4);
    await trial.stop();
    trial.append(knocks(trial, 2), 'door.log.1');
    await trial.start(trial.door(manyTries), { store });
    await counts(trial, 2);
  });
});
