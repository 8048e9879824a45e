#!/usr/bin/env node
const { statSync } = require('node:fs');
const { join } = require('node:path');

const modified = (path) => statSync(join(__dirname, path), { throwIfNoEntry: false })?.mtimeMs;

// The bundle starts five times as fast. After a compiler's run alone, without the rest of the build, it would be yesterday's program.
const bundled = modified('../bundle/f2b/main.js');
const compiled = require('./packages.js').map((name) => modified(`../../${name}/tsconfig.tsbuildinfo`));
const isCurrent = bundled !== undefined && compiled.every((time) => time === undefined || time <= bundled);

// A build that comes out of a cache writes its files in any order: then their content tells.
if (isCurrent || (bundled !== undefined && require('./outputs.js').areBundled())) {
  require('./load.js').load(join(__dirname, '../bundle/f2b/main.js'));
} else void import('../dist/main.js');
