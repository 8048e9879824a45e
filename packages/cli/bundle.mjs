// Joins the built modules into a few files: f2b is several hundred small ones, and opening them took longer than running them.
// Run by the build, after the compiler. Paths that modules resolve from their own place (`../../defaults`) hold as they do in dist.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import outputs from './bin/outputs.js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const directory = at('bundle/f2b');

rmSync(directory, { recursive: true, force: true });
const bundle = await rolldown({
  input: {
    main: at('dist/main.js'),
    scan: at('../matcher/dist/pool/scan-worker.js'),
    // What piscina starts its threads with.
    thread: join(createRequire(at('../matcher/package.json')).resolve('piscina'), '../worker.js'),
    'store-thread': at('../core/dist/keeping/sqlite/store-thread.js'),
    'filter-process': at('dist/tools/bench/filter-process.js'),
  },
  platform: 'node',
  // Native code and its loader stay where they were installed.
  external: [/^re2$/, /^better-sqlite3$/, /^@napi-rs\//],
});
// CommonJS: Node begins it sooner, and what V8 makes of it can be kept.
await bundle.write({
  dir: directory,
  format: 'cjs',
  exports: 'named',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // A script that V8 takes from its cache cannot import.
  dynamicImportInCjs: false,
});
await bundle.close();
writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }\n');
// Piscina looks for its thread's program beside itself, and we look for the worker's beside the pool.
writeFileSync(
  join(directory, 'worker.js'),
  `const { join } = require('node:path');
require('../../bin/load.js').load(join(__dirname, 'thread.js'));
`,
);
writeFileSync(
  join(directory, 'scan-worker.js'),
  `const { join } = require('node:path');
const { load, writeCode } = require('../../bin/load.js');
const { default: run } = load(join(__dirname, 'scan.js'));
module.exports = !process.env.F2B_RECORD_CODE ? run : (task) => { try { return run(task); } finally { writeCode(); } };
`,
);
copyFileSync(at('../matcher/dist/scanner.wasm'), at('dist/scanner.wasm'));
outputs.noteBundled();
recordCode();

/** Has the commands that are to begin fast run once, so that what V8 makes of them is kept beside the bundle. */
function recordCode() {
  const scratch = mkdtempSync(join(tmpdir(), 'f2b-build-'));
  const record = (...args) => spawnSync(process.execPath, [at('bin/record.js'), '-c', at('defaults'), ...args]);
  try {
    // Enough of a log for the workers, which would not be started for less.
    const sample = readFileSync(at('sample/gateway.log'));
    const log = join(scratch, 'log');
    writeFileSync(log, Buffer.concat(new Array(Math.ceil((8 * 1024 * 1024) / sample.length)).fill(sample)));
    record('--version');
    record('-s', join(scratch, 'no-socket'), 'ping');
    record('-t');
    record('-d');
    record('regex', log, 'sshd');
    record('regex', '-o', 'row', log, 'sshd');
    record('regex', '-o', '<ip>', log, 'sshd');
    // Most logs are small, and scanned by one thread.
    record('regex', at('sample/gateway.log'), 'sshd');
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
