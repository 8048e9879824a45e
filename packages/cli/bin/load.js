const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** Loaded files, by path. */
const loaded = new Map();

/**
 * Loads a CommonJS file of the bundle, and those that it requires. Beside each may lie what V8 made of it when it was built: then it is
 * not parsed and compiled again, which would take longer than most commands do. V8 passes over what another version of it has made.
 */
function load(file) {
  const known = loaded.get(file);
  if (known !== undefined) return known.module.exports;
  const source = readFileSync(file, 'utf8');
  const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${source}\n})`, {
    filename: file,
    cachedData: codeOf(file),
  });
  const module = { exports: {} };
  loaded.set(file, { module, script });
  const require = createRequire(file);
  const directory = dirname(file);
  const requireHere = (name) => (name.startsWith('./') ? load(join(directory, name)) : require(name));
  script.runInThisContext()(module.exports, Object.assign(requireHere, require), module, file, directory);
  return module.exports;
}

function codeOf(file) {
  try {
    return readFileSync(`${file}.code`);
  } catch {
    return undefined;
  }
}

/** Writes what V8 has made of the loaded files so far, functions that have run included. */
function writeCode() {
  for (const [file, { script }] of loaded) {
    const code = script.createCachedData();
    // More was known of it before: another command's functions.
    const temporary = `${file}.code-${process.pid}`;
    writeFileSync(temporary, code);
    renameSync(temporary, `${file}.code`);
  }
}

module.exports = { load, writeCode };
