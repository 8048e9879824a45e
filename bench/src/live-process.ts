/**
 * A guard in dry run that follows a log to which many lines are appended at once: `live-process.js DIRECTORY LOG LINES`. The
 * configuration is in DIRECTORY; lines come from the file `appended` in it, by a process of their own.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readSettings } from '@f2b/config';
import { startGuard } from '@f2b/core';

/** What this program prints as JSON. */
export interface LiveCost {
  readonly lines: number;
  /** From the start of the appending process until the last line was judged. */
  readonly seconds: number;
  /** Longest time that the main thread could not do anything else, in milliseconds. */
  readonly longestBlock: number;
  readonly found: number;
  readonly bans: number;
}

const [directory = '', log = '', linesText = '0'] = process.argv.slice(2);
const expected = Number(linesText);
const settings = readSettings({ directory });
const guard = await startGuard({ settings, voice: { say() {} }, dryRun: { print() {} } });
let lines = 0;
let found = 0;
let bans = 0;
let judgedAt = Number.NaN;
const judged = new Promise<void>((resolve) => {
  guard.events.on('found', () => {
    found++;
  });
  guard.events.on('ban', () => {
    bans++;
  });
  guard.events.on('scanned', (event) => {
    lines += event.lines;
    judgedAt = performance.now();
    if (lines >= expected) resolve();
  });
});
await guard.settled();
// Ready before the clock runs: to start a process takes the main thread a while.
const appender = spawn('/bin/sh', ['-c', 'read go; cat "$0" >> "$1"', join(directory, 'appended'), log], {
  stdio: ['pipe', 'ignore', 'inherit'],
});
// What the guard has read so far was its catching up.
lines = 0;
found = 0;
bans = 0;
const resolution = 1;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
const began = performance.now();
appender.stdin.end('go\n');
await judged;
await guard.settled();
delay.disable();
const cost: LiveCost = {
  lines,
  seconds: (judgedAt - began) / 1000,
  longestBlock: Math.max(0, delay.max / 1e6 - resolution),
  found,
  bans,
};
await guard.stop();
process.stdout.write(`${JSON.stringify(cost)}\n`);
