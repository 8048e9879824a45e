// What bootstrap decides, as functions from values to values; bootstrap.mjs looks at the machine and acts.

/** Oldest Node that f2b runs on. */
export const oldestNode = [20, 19, 0];

/**
 * @param {string} version as `process.versions.node` gives it
 * @returns {string | undefined} what is wrong with it
 */
export function nodeProblem(version) {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, least] of oldestNode.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return undefined;
    if (part < least) {
      return `f2b needs Node ${oldestNode.join('.')} or newer, this is ${version}. Install one from https://nodejs.org or your distribution and start again.`;
    }
  }
  return undefined;
}

/**
 * Must npm install packages?
 * @param {{ nodeModules: boolean, lockHash: string, abi: string, marker: { lockHash?: string, abi?: string } | undefined,
 *   installedByHand: boolean }} state
 *   `installedByHand`: npm has installed exactly this lock file without us (its own hidden lock file is newer).
 * @returns {string | undefined} why it must, for a person
 */
export function installReason(state) {
  if (!state.nodeModules) return 'nothing is installed yet';
  if (state.marker?.lockHash === undefined) {
    return state.installedByHand ? undefined : 'package-lock.json is newer than what is installed';
  }
  if (state.marker.lockHash !== state.lockHash) return 'package-lock.json has changed';
  if (state.marker.abi !== state.abi) return 'Node has changed, and native modules must fit it';
  return undefined;
}

/**
 * Must the build run?
 * @param {{ newestSource: { file: string, mtimeMs: number } | undefined, builtAtMs: number | undefined, missing: string[] }} state
 *   `missing`: packages without a `dist`.
 * @returns {string | undefined} why it must, for a person
 */
export function buildReason(state) {
  if (state.missing.length > 0) return `not built yet: ${state.missing.join(', ')}`;
  if (state.builtAtMs === undefined) return 'it is not known which sources were built';
  if (state.newestSource && state.newestSource.mtimeMs > state.builtAtMs) return `${state.newestSource.file} is newer`;
  return undefined;
}

/**
 * What a compile of re2 would lack, and how to get it.
 * @param {{ compiler: boolean, make: boolean, python: boolean }} found
 * @returns {string | undefined}
 */
export function compilerAdvice(found) {
  const lacking = [
    found.compiler ? undefined : 'a C++ compiler',
    found.make ? undefined : 'make',
    found.python ? undefined : 'python3',
  ].filter((name) => name !== undefined);
  if (lacking.length === 0) return undefined;
  return (
    `re2 may have to be compiled here (where its ready-made binary is out of reach), and that needs ${lacking.join(', ')}: ` +
    'apt-get install g++ make python3 (Debian, Ubuntu), dnf install gcc-c++ make python3 (Fedora, RHEL)'
  );
}

/**
 * The environment for npm. Where Node came with its headers, node-gyp is pointed to them: then a compile needs no download.
 * @param {Record<string, string | undefined>} env
 * @param {string | undefined} headersPrefix
 */
export function installEnvironment(env, headersPrefix) {
  const chosen = {
    ...withoutPlace(env),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
  const alreadySet = Object.keys(env).some((name) => name.toLowerCase() === 'npm_config_nodedir');
  if (headersPrefix !== undefined && !alreadySet) chosen.npm_config_nodedir = headersPrefix;
  return chosen;
}

/**
 * The environment without the folder that an outer npm run works in: an inner npm takes that for its own.
 * @param {Record<string, string | undefined>} env
 */
export function withoutPlace(env) {
  const { npm_config_local_prefix: _, ...rest } = env;
  return rest;
}

/**
 * What runs after set-up.
 * @param {string} job `start`, `test`, `bench`, or `setup` for nothing more
 * @param {readonly string[]} args what stood after `--`
 * @returns {string[] | undefined} words for node, none where set-up was all; undefined: no such job
 */
export function jobCommand(job, args) {
  switch (job) {
    case 'setup':
      return [];
    case 'start':
      return ['packages/cli/bin/f2b.js', '--trial', ...args, 'start'];
    case 'test':
      return ['node_modules/vitest/vitest.mjs', 'run', ...args];
    case 'bench':
      return ['bench/dist/main.js', ...args];
    default:
      return undefined;
  }
}

/**
 * The words for what npm is doing right now.
 * @param {{ seconds: number, compiling: boolean }} state
 */
export function installProgress({ seconds, compiling }) {
  const doing = compiling
    ? 'compiling re2, the regex engine (its ready-made binary is out of reach; this takes a minute or two)'
    : 'installing packages';
  return `${doing} ... ${seconds} s`;
}

/**
 * The exit code that a shell would see.
 * @param {number | null} code
 * @param {number | undefined} signalNumber
 */
export function exitCodeOf(code, signalNumber) {
  if (code !== null) return code;
  return signalNumber === undefined ? 1 : 128 + signalNumber;
}
