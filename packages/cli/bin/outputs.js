import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the compiler writes last, for each package that the bundle is made of; not there in an installed f2b. */
export const outputs = ['config', 'matcher', 'firewall', 'core', 'cli'].map(
  (name) => `../../${name}/tsconfig.tsbuildinfo`,
);

const record = fileURLToPath(new URL('../bundle/f2b/made-of', import.meta.url));

function digest() {
  const hash = createHash('sha256');
  for (const path of outputs) hash.update(readFileSync(new URL(path, import.meta.url)));
  return hash.digest('hex');
}

/** Notes what the bundle was made of. */
export function noteOutputs() {
  writeFileSync(record, digest());
}

/** Whether the bundle was made of what the compiler wrote. */
export function sameOutputs() {
  try {
    return readFileSync(record, 'latin1') === digest();
  } catch {
    return false;
  }
}
