#!/usr/bin/env node
// `npm run soak -- --minutes 20 --rate 20000`: a generated gateway against a real daemon, see plan.mjs. It runs in network and mount
// namespaces of its own, so that neither the host's packet filter nor its resolver is touched.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chartOf } from './chart.mjs';
import { Daemon, writeConfiguration } from './daemon.mjs';
import { Gateway, tick } from './gateway.mjs';
import { Ledger } from './ledger.mjs';
import { serveNames } from './names.mjs';
import { blowsOf, randomFrom, readOptions, usage } from './plan.mjs';
import { megabytes, memory, quantile } from './report.mjs';

/** Set in the process that runs inside the namespaces. */
const inside = 'F2B_SOAK_INSIDE';
/** Between a failure's being counted and its ban in the kernel, or the end of a ban and its being lifted: more is a finding. */
const slack = 15_000;
const checkEvery = 5000;
/** What is listed of what was found. */
const mostFindings = 30;
/** For what is still unread when the last line has been written. */
const patienceAtEnd = 120_000;

function isolated() {
  const made = spawnSync('unshare', ['-n', '-m', 'iptables', '-w', '-S'], { encoding: 'utf8' });
  if (made.status !== 0) {
    const why = (made.stderr || made.error?.message || '').trim();
    console.error(`f2b soak cannot run here: it needs root, unshare and iptables (${why})`);
    return 2;
  }
  const here = fileURLToPath(import.meta.url);
  const { status } = spawnSync(
    'unshare',
    ['-n', '-m', '--propagation', 'private', process.execPath, here, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      env: { ...process.env, [inside]: '1' },
    },
  );
  return status ?? 1;
}

/** @param {import('./plan.mjs').Options} options */
async function soak(options) {
  const out = options.out ?? mkdtempSync(join(tmpdir(), 'f2b-soak-'));
  const directory = join(out, 'daemon');
  const logs = join(out, 'logs');
  for (const path of [directory, logs]) mkdirSync(path, { recursive: true });
  run('ip', 'link', 'set', 'lo', 'up');
  const resolver = join(out, 'resolv.conf');
  writeFileSync(resolver, 'nameserver 127.0.0.1\noptions timeout:1 attempts:2\n');
  run('mount', '--bind', resolver, '/etc/resolv.conf');
  const names = await serveNames();
  const random = randomFrom(options.seed);
  const blows = blowsOf(options, random);
  const ledger = new Ledger(join(directory, 'f2b.sqlite3'));
  const gateway = new Gateway(logs, options, random, (jail, address, time) => ledger.wrote(jail, address, time));
  writeConfiguration(directory, logs, options);
  const daemon = new Daemon(directory);
  daemon.start();
  await until(
    'the daemon to be ready',
    () => daemon.readySince !== undefined,
    60_000,
    () => daemon.output,
  );

  const began = Date.now();
  const length = options.minutes * 60_000;
  const since = () => Date.now() - began;
  /** @type {import('./report.mjs').Sample[]} */
  const samples = [];
  const marks = [];
  /** @type {Map<string, number[]>} */
  const lagsOf = new Map();
  const findings = [];
  const count = { kill: 0, restart: 0, reload: 0 };
  let reloads = true;
  let cpuBefore;
  let nextSample = 1000;
  let nextCheck = checkEvery;
  let checks = 0;
  let deaths = 0;
  /** Nothing is asked of the kernel until the daemon has had time to come to itself. */
  let settledFrom = slack;
  let before = 0;

  const strike = async ({ kind }) => {
    if (kind === 'reload' && !reloads) return;
    marks.push({ second: since() / 1000, kind });
    if (kind === 'reload') {
      if (daemon.readySince === undefined) return;
      const took = daemon.reload();
      if (took === undefined) reloads = false;
      else if (took) count.reload++;
      else findings.push(`${at(since())}: reload was refused`);
      if (!reloads) marks.pop();
      return;
    }
    count[kind]++;
    await daemon.end(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
    daemon.start();
    settledFrom = since() + slack * 2;
    cpuBefore = undefined;
  };
  const look = () => {
    ledger.read();
    const load = daemon.load();
    const now = Date.now();
    const known = load !== undefined && cpuBefore !== undefined;
    const cpu = known ? ((load.cpu - cpuBefore.cpu) / (now - cpuBefore.at)) * 100 : undefined;
    const waited = known ? ((load.waited - cpuBefore.waited) / (now - cpuBefore.at)) * 100 : undefined;
    cpuBefore = load && { cpu: load.cpu, waited: load.waited, at: now };
    const byJail = ledger.lags();
    const lag = Math.max(0, ...byJail.values());
    for (const [jail, one] of byJail) lagsOf.set(jail, [...(lagsOf.get(jail) ?? []), one / 1000]);
    let banned;
    if (since() >= nextCheck) {
      nextCheck = since() + checkEvery;
      if (since() > settledFrom) {
        const compared = ledger.compare({ now: Date.now(), slack, bantime: options.bantime * 1000 });
        banned = compared.banned;
        checks++;
        for (const [list, what] of [
          [compared.absent, 'not banned in the kernel'],
          [compared.wrong, 'banned in the kernel'],
        ]) {
          if (list.length > 0)
            findings.push(`${at(since())}: ${list.length} ${what}, such as ${list.slice(0, 3).join(', ')}`);
        }
        if (lag - starved(samples, since() - lag) > 2 * slack)
          findings.push(`${at(since())}: a failure has waited for ${(lag / 1000).toFixed(0)} s`);
      }
    }
    samples.push({ second: since() / 1000, resident: load?.resident, cpu, waited, lag: lag / 1000, banned });
    if (!daemon.runs) {
      deaths++;
      findings.push(
        `${at(since())}: the daemon ended by itself: ${daemon.output.trim().split('\n').slice(-3).join(' | ')}`,
      );
      daemon.start();
      settledFrom = since() + slack * 2;
      cpuBefore = undefined;
    }
  };

  // Whoever was at it comes to an end in the last seconds.
  while (since() < length || !gateway.idle) {
    const now = since();
    gateway.step(Math.min(1000, now - before), now, now > length - 4000);
    before = now;
    while (blows[0] !== undefined && blows[0].at <= now) await strike(blows.shift());
    if (now >= nextSample) {
      nextSample = now + 1000;
      look();
    }
    await wait(Math.max(1, tick - (since() - now)));
  }
  const wrote = since();
  const allCounted = () => {
    ledger.read();
    return ledger.missing === 0;
  };
  const drained = await until('all to be counted', allCounted, patienceAtEnd).then(
    () => true,
    () => false,
  );
  const drain = since() - wrote;
  look();
  await wait(2000);
  ledger.read();
  const book = ledger.banBook(options.bantime * 1000);
  const complaints = daemon.complaints();
  await daemon.end('SIGTERM');
  await names.close();

  const { start, end, peak } = memory(samples.filter(({ second }) => second * 1000 <= wrote));
  const lags = samples.map(({ lag }) => lag);
  const cpus = samples.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu]));
  const waits = samples.flatMap(({ waited }) => (waited === undefined ? [] : [waited]));
  const lost = ledger.missing;
  const doubled = ledger.doubled + ledger.tooMany;
  if (!drained) findings.push(...ledger.examples());
  const wrong = book.never.length + book.again.length + book.others.length + ledger.invented.length;
  const lines = [
    `soak: ${options.minutes} minutes at ${options.rate} lines/s: ${gateway.lines} lines (${Math.round(gateway.lines / (wrote / 1000))} a second), ${gateway.attackers} attackers, ${gateway.rotations} rotations, ${names.asked} names asked for`,
    `befell: ${count.kill} kills, ${count.restart} restarts, ${reloads ? `${count.reload} reloads` : 'no reloads (f2b has none)'}, ${deaths} ends by itself`,
    `failures: ${ledger.written} written, ${ledger.counted} counted, ${lost} lost, ${doubled} doubled, ${ledger.invented.length} never written`,
    `bans: ${book.bans}; ${book.never.length} due and never made, ${book.again.length} made more than once, ${book.others.length} of others; ${checks} comparisons with the kernel`,
    `memory: ${megabytes(start)} at start, ${megabytes(end)} at end, ${megabytes(peak)} at most`,
    `processor: ${quantile(cpus, 0.5).toFixed(0)} % of a core (median), ${quantile(cpus, 0.99).toFixed(0)} % (p99); it could have run and got none for ${quantile(waits, 0.5).toFixed(0)} % of the time (median), ${quantile(waits, 0.99).toFixed(0)} % (p99)`,
    `from line to count: ${quantile(lags, 0.5).toFixed(1)} s (median of samples, each the oldest one waiting), ${quantile(lags, 0.99).toFixed(1)} s (p99); all counted ${(drain / 1000).toFixed(1)} s after the last line`,
    `the same by log: ${[...lagsOf].map(([jail, all]) => `${jail} ${quantile(all, 0.5).toFixed(1)} and ${quantile(all, 0.99).toFixed(1)} s`).join(', ')}`,
    `warnings and errors of the daemon: ${complaints.length}`,
    ...findings.slice(0, mostFindings).map((finding) => `FOUND ${finding}`),
    ...(findings.length > mostFindings ? [`FOUND ${findings.length - mostFindings} more of the kind`] : []),
    ...[
      ...book.never.slice(0, 3).map((one) => `FOUND never banned: ${one}`),
      ...book.again.slice(0, 3).map((one) => `FOUND banned more than once: ${one}`),
      ...book.others.slice(0, 3).map((one) => `FOUND banned without reason: ${one}`),
    ],
  ];
  const ok = lost + doubled + wrong + findings.length === 0;
  lines.push(ok ? 'everything as it should be' : 'NOT as it should be');
  const seconds = samples.map(({ second }) => second);
  const chart = chartOf({
    title: `f2b soak, ${options.rate} lines/s for ${options.minutes} min: ${lost} lost, ${doubled} doubled`,
    seconds,
    bands: [
      { name: 'resident memory', unit: 'MB', values: samples.map(({ resident }) => resident && resident / 1e6) },
      { name: 'processor', unit: '%', values: samples.map(({ cpu }) => cpu) },
      { name: 'oldest failure not counted', unit: 's', values: lags },
      { name: 'bans in the kernel', unit: '', values: held(samples.map(({ banned }) => banned)) },
    ],
    marks,
  });
  writeFileSync(join(out, 'soak.svg'), chart);
  writeFileSync(join(out, 'soak.json'), JSON.stringify({ samples, marks, lags: Object.fromEntries(lagsOf) }));
  writeFileSync(join(out, 'soak.txt'), `${lines.join('\n')}\n`);
  writeFileSync(join(out, 'complaints.txt'), `${complaints.join('\n')}\n`);
  console.info(lines.join('\n'));
  console.info(`chart: ${join(out, 'soak.svg')}`);
  if (ok) for (const path of [logs, directory]) rmSync(path, { recursive: true, force: true });
  return ok ? 0 : 1;
}

/** For how many milliseconds the daemon got no processor, or was being started, since a moment: nobody can be in time then. */
function starved(samples, from) {
  let before = from;
  let sum = 0;
  for (const { second, waited } of samples) {
    const at = second * 1000;
    if (at <= before) continue;
    sum += (at - before) * Math.min(1, (waited ?? 100) / 100);
    before = at;
  }
  return sum;
}

/** A figure holds until the next one. */
function held(values) {
  let last;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}

/** @param {number} ms */
function at(ms) {
  return `${(ms / 1000).toFixed(0)} s`;
}

function run(command, ...args) {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** @param {() => boolean} check */
async function until(what, check, patience, more = () => '') {
  const deadline = Date.now() + patience;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}\n${more()}`);
    await wait(100);
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  process.exitCode = process.env[inside] === '1' ? await soak(options) : isolated();
} catch (error) {
  console.error(`f2b soak: ${error.message}`);
  console.error(usage);
  process.exitCode = 2;
}
