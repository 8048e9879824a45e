/**
 * Appends the lines of a file to a log at a steady rate: `append-process.js LINES LOG RATE`. Prints a line for each portion: how
 * many lines it has written, and when (milliseconds since 1970).
 */
import { openSync, readFileSync, writeSync } from 'node:fs';

const [from = '', log = '', rateText = '0'] = process.argv.slice(2);
const bytes = readFileSync(from);
const fd = openSync(log, 'a');
const perMs = Number(rateText) / 1000;
const began = performance.now();
const tick = 10;
let at = 0;
let written = 0;

function portion(): void {
  // What an overslept tick missed comes with the next one.
  const due = Math.floor((performance.now() - began + tick) * perMs);
  let end = at;
  let count = written;
  while (count < due && end < bytes.length) {
    end = bytes.indexOf(0x0a, end) + 1;
    count++;
  }
  writeSync(fd, bytes, at, end - at);
  at = end;
  written = count;
  process.stdout.write(`${written} ${Date.now()}\n`);
  if (at >= bytes.length) clearInterval(timer);
}

const timer = setInterval(portion, tick);
