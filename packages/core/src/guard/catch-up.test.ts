import { closeSync, openSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guardTrial } from '../fixtures/guard.js';
import { realFiles } from '../sources/files/files.js';

const trial = guardTrial();
const { banned, door, knock, logPath, now, start } = trial;

/** A day's log, a line every 200 ms, knocks among them; the last one is from now. */
function writeDay(): { readonly size: number; readonly lines: number } {
  const fd = openSync(logPath(), 'w');
  const lines = 432_000;
  let size = 0;
  let chunk = '';
  const end = now();
  let second = 0;
  let stamp = '';
  for (let line = 1; line <= lines; line++) {
    const time = end - (lines - line) * 200;
    if (Math.floor(time / 1000) !== second) {
      second = Math.floor(time / 1000);
      stamp = knock('', time).slice(0, 19);
    }
    // Who knocks every two hours is never banned, who knocks every two minutes is, by what he did in the last ten.
    if (line % 36_000 === 0) chunk += `${stamp} gate door[77]: knock from 203.0.113.1\n`;
    else if (line % 600 === 0) chunk += `${stamp} gate door[77]: knock from 203.0.113.2\n`;
    else chunk += `${stamp} gate door[77]: nothing but the wind in the trees tonight\n`;
    if (chunk.length < 1 << 20 && line < lines) continue;
    size += writeSync(fd, chunk);
    chunk = '';
  }
  closeSync(fd);
  return { size, lines };
}

it('a guard that starts on a large log reads what findtime covers, and next to nothing of what is older', async () => {
  const { size, lines } = writeDay();
  let bytesRead = 0;
  const files: typeof realFiles = {
    ...realFiles,
    read(fd, into, position) {
      const got = realFiles.read(fd, into, position);
      bytesRead += got;
      return got;
    },
  };
  await start(door(), { edges: { files } });
  await trial.guard.settled();
  expect(banned()).toEqual(['203.0.113.2']);
  const { linesRead } = trial.guard.health();
  // Ten minutes are 3,000 lines; the search ends at most a probe before them.
  expect(linesRead).toBeGreaterThanOrEqual(3000);
  expect(linesRead).toBeLessThan(lines / 50);
  expect(bytesRead).toBeLessThan(size / 10);
});
