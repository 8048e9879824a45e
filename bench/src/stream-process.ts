/**
 * A guard in dry run that follows a log to which another process appends at a steady rate: `stream-process.js DIRECTORY LOG RATE
 * SECONDS`. The configuration is in DIRECTORY; lines come from the file `appended` in it, which has RATE times SECONDS of them.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Milliseconds, Seconds } from '@f2b/config';
import { readSettings } from '@f2b/config';
import { startGuard } from '@f2b/core';
import { median } from 'f2b';

/** What this program prints as JSON. */
export interface StreamCost {
  readonly linesPerSecond: number;
  readonly seconds: Seconds;
  /** From a line's writing until it was judged. */
  readonly medianLag: Milliseconds;
  readonly longestLag: Milliseconds;
  /** Of the guard, its workers included, as a share of one core. */
  readonly cpu: number;
  /** Longest time that the main thread could not do anything else. */
  readonly longestTurn: Milliseconds;
  readonly found: number;
  readonly bans: number;
}

const [directory = '', log = '', rateText = '0', secondsText = '0'] = process.argv.slice(2);
const expected = Number(rateText) * Number(secondsText);
const settings = readSettings({ directory });
const guard = await startGuard({ settings, voice: { say() {} }, dryRun: { print() {} } });
/** How many lines had been judged, and when. */
const judged: { readonly lines: number; readonly at: number }[] = [];
let lines = 0;
let found = 0;
let bans = 0;
const all = new Promise<void>((resolve) => {
  guard.events.on('found', () => {
    found++;
  });
  guard.events.on('ban', () => {
    bans++;
  });
  guard.events.on('scanned', (event) => {
    lines += event.lines;
    judged.push({ lines, at: Date.now() });
    if (lines >= expected) resolve();
  });
});
await guard.settled();
const appender = spawn(
  process.execPath,
  [fileURLToPath(new URL('./append-process.js', import.meta.url)), join(directory, 'appended'), log, rateText],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
/** How many lines had been written, and when, as the appending process says. */
const written: { readonly lines: number; readonly at: number }[] = [];
const said = createInterface({ input: appender.stdout });
said.on('line', (line) => {
  const [count = 0, at = 0] = line.split(' ').map(Number);
  written.push({ lines: count, at });
});
const ended = new Promise((resolve) => said.once('close', resolve));
// What the guard has read so far was its catching up.
lines = 0;
found = 0;
bans = 0;
judged.length = 0;
const resolution = 1;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
const before = process.cpuUsage();
const began = performance.now();
await all;
await guard.settled();
const { user, system } = process.cpuUsage(before);
const took = (performance.now() - began) / 1000;
delay.disable();
await ended;
const lags = written.flatMap((one) => {
  const then = judged.find((other) => other.lines >= one.lines);
  return then === undefined ? [] : [Math.max(0, then.at - one.at)];
});
const cost: StreamCost = {
  linesPerSecond: Number(rateText),
  seconds: Number(secondsText),
  medianLag: median(lags),
  longestLag: Math.max(...lags),
  cpu: (user + system) / 1e6 / took,
  longestTurn: Math.max(0, delay.max / 1e6 - resolution),
  found,
  bans,
};
await guard.stop();
process.stdout.write(`${JSON.stringify(cost)}\n`);
