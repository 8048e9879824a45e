// What bootstrap looks at: files, times, programs. No decisions.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** @param {string} file */
export function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** @param {string} file @returns {any} undefined when it is missing or not JSON */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} file @returns {number | undefined} */
export function mtimeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

/** Is a program of one of these names on the PATH? @param {string[]} names */
export function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return names.some((name) =>
    folders.some((folder) => {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

/** Where Node's own headers stand, if it came with them: `PREFIX/include/node/node_api.h`. */
export function headersPrefix() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node_api.h')) ? prefix : undefined;
}

/** The newest file that a build reads. @param {string} root */
export function newestSource(root) {
  /** @type {{ file: string, mtimeMs: number } | undefined} */
  let newest;
  const look = (/** @type {string} */ file) => {
    const mtimeMs = mtimeOf(join(root, file));
    if (mtimeMs !== undefined && (!newest || mtimeMs > newest.mtimeMs)) newest = { file, mtimeMs };
  };
  look('tsconfig.base.json');
  for (const place of placesOf(root)) {
    look(`${place}/package.json`);
    look(`${place}/tsconfig.json`);
    const source = `${place}/src`;
    for (const entry of readdirSync(join(root, source), { recursive: true, withFileTypes: true })) {
      // A removed file shows in its folder's time only.
      const path = join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1);
      if (entry.isDirectory() || (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))) look(path);
    }
  }
  return newest;
}

/** Packages without their compiled code. @param {string} root */
export function unbuilt(root) {
  return placesOf(root)
    .filter((place) => !['index.js', 'main.js'].some((entry) => existsSync(join(root, place, 'dist', entry))))
    .map((place) => place.replace('packages/', ''));
}

/** The folders with code to be compiled: every package, and the measurements. @param {string} root */
function placesOf(root) {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  return [...packages, 'bench'].filter((place) => existsSync(join(root, place, 'tsconfig.json')));
}
