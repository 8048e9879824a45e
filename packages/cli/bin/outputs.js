const { createHash } = require('node:crypto');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const packages = require('./packages.js');

const record = join(__dirname, '../bundle/f2b/made-of');

/** Of what the compiler writes last, for each package that the bundle is made of; not there in an installed f2b. */
function digest() {
  const hash = createHash('sha256');
  for (const name of packages) {
    hash.update(readFileSync(join(__dirname, `../../${name}/tsconfig.tsbuildinfo`)));
  }
  return hash.digest('hex');
}

/** Notes what the bundle was made of. */
exports.noteBundled = () => writeFileSync(record, digest());

/** Whether the bundle was made of what the compiler wrote. */
exports.areBundled = () => {
  try {
    return readFileSync(record, 'latin1') === digest();
  } catch {
    return false;
  }
};
