import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReplayClock, replay } from './replay.js';
import type { SampleLine } from './sample.js';

let directory: string;
let files: { auth: string; asterisk: string };
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-replay-'));
  files = { auth: join(directory, 'auth'), asterisk: join(directory, 'asterisk') };
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A clock that stands still until it is moved. */
function handClock() {
  let time = 1_800_000_000_000;
  let waiting: { at: number; run: () => void } | undefined;
  const clock: ReplayClock = {
    now: () => time,
    after(milliseconds, run) {
      waiting = { at: time + milliseconds, run };
      return () => {
        waiting = undefined;
      };
    },
  };
  const move = (milliseconds: number) => {
    time += milliseconds;
    while (waiting && waiting.at <= time) {
      const { run } = waiting;
      waiting = undefined;
      run();
    }
  };
  return { clock, move };
}

const lines: readonly SampleLine[] = [
  { at: 0, log: 'auth', text: 'first' },
  { at: 500, log: 'asterisk', text: 'second' },
  { at: 501, log: 'auth', text: 'third' },
  { at: 9000, log: 'auth', text: 'last' },
];

const textsOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').at(-1));

describe('replay', () => {
  it('writes each line when its time has come, and says when all are written', () => {
    const { clock, move } = handClock();
    let ended = false;
    replay(
      lines,
      files,
      () => {
        ended = true;
      },
      clock,
    );
    expect(textsOf(files.auth)).toEqual(['first']);
    move(500);
    expect(textsOf(files.asterisk)).toEqual(['second']);
    move(1);
    expect(textsOf(files.auth)).toEqual(['first', 'third']);
    expect(ended).toBe(false);
    move(60_000);
    expect(textsOf(files.auth)).toEqual(['first', 'third', 'last']);
    expect(ended).toBe(true);
  });

  it('writes nothing more once it is stopped', () => {
    const { clock, move } = handClock();
    const stop = replay(lines, files, () => {}, clock);
    stop();
    move(60_000);
    expect(textsOf(files.auth)).toEqual(['first']);
  });
});
