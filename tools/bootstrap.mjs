#!/usr/bin/env node
// `npm start`, `npm test`, `npm run bench`: does what set-up is missing, then the job. Plain JavaScript without
// dependencies: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildReason,
  compilerAdvice,
  exitCodeOf,
  installEnvironment,
  installProgress,
  installReason,
  jobCommand,
  nodeProblem,
  withoutPlace,
} from './bootstrap/decisions.mjs';
import { hashOf, headersPrefix, mtimeOf, newestSource, onPath, readJson, unbuilt } from './bootstrap/machine.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const markerFile = join(root, '.f2b-bootstrap');
/** Bytes of a tool's output that are kept, to be shown if it fails. */
const keptOutput = 64 * 1024;

/** @param {string} text */
function say(text) {
  process.stderr.write(`[f2b] ${text}\n`);
}

/**
 * One status line while something works: redrawn in place on a terminal, every ten seconds elsewhere.
 * @param {() => string} text
 */
function progress(text) {
  const terminal = process.stderr.isTTY;
  const draw = () => process.stderr.write(terminal ? `\r\u001b[K[f2b] ${text()}` : `[f2b] ${text()}\n`);
  draw();
  const timer = setInterval(draw, terminal ? 1000 : 10_000);
  return () => {
    clearInterval(timer);
    if (terminal) process.stderr.write('\r\u001b[K');
  };
}

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} options `quiet`: output is kept, and shown only on failure
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: options.env ?? process.env,
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    running = child;
    let output = '';
    const keep = (/** @type {Buffer} */ data) => {
      output = (output + data.toString('utf8')).slice(-keptOutput);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code, signal) => {
      running = undefined;
      resolve({ code: exitCodeOf(code, signal ? constants.signals[signal] : undefined), output });
    });
  });
}

// Ctrl-C reaches the whole process group: the job ends by itself and we keep its exit code. A signal sent to us alone is passed on.
let interrupted = false;
process.on('SIGINT', () => {
  interrupted = true;
  if (!process.stdin.isTTY) running?.kill('SIGINT');
});
process.on('SIGTERM', () => {
  interrupted = true;
  running?.kill('SIGTERM');
});

/** @param {number} since */
function secondsSince(since) {
  return (performance.now() - since) / 1000;
}

/** @param {number} code @returns {never} */
function leave(code) {
  process.exit(code);
}

/** @returns {Promise<number>} seconds */
async function install() {
  const marker = readJson(markerFile);
  const lockFile = join(root, 'package-lock.json');
  const lockHash = hashOf(lockFile);
  const abi = process.versions.modules;
  const hiddenLock = mtimeOf(join(root, 'node_modules/.package-lock.json'));
  const reason = installReason({
    nodeModules: hiddenLock !== undefined,
    lockHash,
    abi,
    marker,
    installedByHand: hiddenLock !== undefined && hiddenLock >= (mtimeOf(lockFile) ?? 0),
  });
  if (reason === undefined) {
    if (marker?.lockHash === undefined) remember({ lockHash, abi });
    return 0;
  }
  say(`Installing packages: ${reason}.`);
  const advice = compilerAdvice({
    compiler: onPath(['c++', 'g++', 'clang++']),
    make: onPath(['make', 'gmake']),
    python: onPath(['python3', 'python']),
  });
  if (advice) say(`Note: ${advice}`);
  const began = performance.now();
  const stop = progress(() =>
    installProgress({
      seconds: Math.round(secondsSince(began)),
      compiling:
        existsSync(join(root, 'node_modules/re2/build')) &&
        !existsSync(join(root, 'node_modules/re2/build/Release/re2.node')),
    }),
  );
  // `ci`: what was tested is what is installed. tools/check-lock.mjs keeps the lock file complete for every platform.
  const { code, output } = await run('npm', ['ci', '--include=dev', '--no-progress'], {
    env: installEnvironment(process.env, headersPrefix()),
    quiet: true,
  });
  stop();
  if (interrupted) leave(130);
  if (code !== 0) {
    process.stderr.write(`${output}\n`);
    say(`npm ci failed (exit status ${code}); its last output stands above.`);
    if (advice) say(advice);
    leave(code);
  }
  remember({ lockHash, abi });
  const seconds = secondsSince(began);
  say(`Installed in ${seconds.toFixed(1)} s.`);
  return seconds;
}

/** @returns {Promise<number>} seconds */
async function build() {
  const reason = buildReason({
    newestSource: newestSource(root),
    builtAtMs: readJson(markerFile)?.builtAtMs,
    missing: unbuilt(root),
  });
  if (reason === undefined) return 0;
  say(`Building: ${reason}.`);
  // Noted before the build: what changes meanwhile is built again next time.
  const builtAtMs = Date.now();
  const began = performance.now();
  const stop = progress(() => `building ... ${Math.round(secondsSince(began))} s`);
  const { code, output } = await run('npm', ['run', '--silent', 'build'], {
    env: {
      ...withoutPlace(process.env),
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
    },
    quiet: true,
  });
  stop();
  if (interrupted) leave(130);
  if (code !== 0) {
    process.stderr.write(`${output}\n`);
    say(`The build failed (exit status ${code}); its output stands above.`);
    leave(code);
  }
  remember({ builtAtMs });
  const seconds = secondsSince(began);
  say(`Built in ${seconds.toFixed(1)} s.`);
  return seconds;
}

/** @param {Record<string, unknown>} more */
function remember(more) {
  writeFileSync(markerFile, `${JSON.stringify({ ...readJson(markerFile), ...more })}\n`);
}

const problem = nodeProblem(process.versions.node);
if (problem) {
  say(problem);
  leave(1);
}
const [job = '', ...rest] = process.argv.slice(2);
const words = jobCommand(job, rest);
if (!words) {
  say(`'${job}' is no job: use npm start, npm test or npm run bench`);
  leave(1);
}
const installSeconds = await install();
const buildSeconds = await build();
const [script] = words;
if (script === undefined) leave(0);
if (!statSync(join(root, script), { throwIfNoEntry: false })) {
  say(`This checkout has no ${script}: there is nothing to run for '${job}'.`);
  leave(1);
}
if (installSeconds + buildSeconds > 0) {
  say(`Set-up: install ${installSeconds.toFixed(1)} s, build ${buildSeconds.toFixed(1)} s.`);
}
const { code } = await run(process.execPath, words);
leave(code);
