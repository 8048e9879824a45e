const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const packages = require('./packages.js');

const record = join(__dirname, '../bundle/f2b/made-of');

/** What the compiler writes last, of each package that the bundle is made of; not there in an installed f2b. */
const outputs = () =>
  Buffer.concat(packages.map((name) => readFileSync(join(__dirname, `../../${name}/tsconfig.tsbuildinfo`))));

/** Notes what the bundle was made of: as it is, since a digest of it would take each start longer than to compare it. */
exports.noteBundled = () => writeFileSync(record, outputs());

/** Whether the bundle was made of what the compiler wrote. */
exports.areBundled = () => {
  try {
    return readFileSync(record).equals(outputs());
  } catch {
    return false;
  }
};
