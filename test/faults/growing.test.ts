import { writeFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { guardTrial } from '../../packages/core/src/fixtures/guard.js';
import { openMemoryStore } from '../../packages/core/src/keeping/memory.js';
import { counts, knocks, manyTries } from './counting.js';

const trial = guardTrial();

/** Appends a text in pieces, each looked at on its own. */
async function appendPieces(bytes: Buffer, size: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    trial.append(bytes.subarray(at, at + size));
    await trial.guard.settled();
  }
}

describe('a log that grows', () => {
  it('T1 one byte at a time: each line counts once, when its newline is there', async () => {
    await trial.start(trial.door(manyTries));
    const text = Buffer.from(knocks(trial, 2));
    await appendPieces(text.subarray(0, text.length - 1), 1);
    await counts(trial, 1);
    trial.append(text.subarray(text.length - 1));
    await counts(trial, 2);
  });

  it.each([
    ['CRLF', 'utf-8', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['a character of four bytes', 'utf-8', (text: string) => Buffer.from(text.replaceAll('gate', '🚪'))],
    ['UTF-16', 'utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
  ])('T2 %s cut at every byte', async (_what, encoding, write) => {
    await trial.start(trial.door(`${manyTries}logencoding = ${encoding}\n`));
    // An odd size falls into the middle of everything in turn.
    await appendPieces(write(knocks(trial, 6)), 7);
    await counts(trial, 6);
  });

  it('T3 without a newline, which comes later: the line counts once', async () => {
    await trial.start(trial.door(manyTries));
    const text = knocks(trial, 1);
    trial.append(text.slice(0, -1));
    trial.moveClock(5000);
    await counts(trial, 0);
    trial.append('\n');
    await counts(trial, 1);
  });

  it('T3 without a newline, which comes after a restart: the line counts once', async () => {
    const store = openMemoryStore();
    await trial.start(trial.door(manyTries), { store });
    const text = knocks(trial, 2);
    trial.append(text.slice(0, -1));
    await counts(trial, 1);
    await trial.stop();
    await trial.start(trial.door(manyTries), { store });
    await counts(trial, 0);
    trial.append('\n');
    await counts(trial, 1);
  });

  it('T16 with a compressed neighbour: that is never read', async () => {
    await trial.start(trial.door(manyTries));
    trial.append(knocks(trial, 1));
    writeFileSync(trial.logPath('door.log.1.gz'), knocks(trial, 5));
    await counts(trial, 1);
  });

  it('T17 with a block of NUL bytes as power loss leaves it: the lines around it count', async () => {
    await trial.start(trial.door(manyTries));
    trial.append(knocks(trial, 1));
    trial.append(Buffer.concat([Buffer.alloc(70_000), Buffer.from('\n')]));
    trial.append(knocks(trial, 1));
    await counts(trial, 2);
  });

  it('T18 with a line of a megabyte: it is skipped whole and told, its neighbours count', async () => {
    await trial.start(trial.door(manyTries));
    trial.append(knocks(trial, 1));
    trial.append(`${'x'.repeat(1_000_000)} ${knocks(trial, 1)}`);
    trial.append(knocks(trial, 1));
    await counts(trial, 2);
    await trial.says(/longer than \d+ bytes skipped whole/);
  });
});
