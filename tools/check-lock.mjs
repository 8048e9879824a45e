#!/usr/bin/env node
// Fails where `npm ci` would fail, here or on another platform. Runs before anything is installed.
import { readFileSync } from 'node:fs';
import { gapsOf } from './lock/gaps.mjs';

const gaps = gapsOf(JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')));
for (const gap of gaps) process.stderr.write(`package-lock.json: ${gap}\n`);
if (gaps.length > 0) {
  process.stderr.write(
    'npm leaves out what other platforms need where a node_modules stands beside the lock file: in a copy of the tree ' +
      'without node_modules and package-lock.json run npm install --package-lock-only, and take over the lock file.\n',
  );
  process.exitCode = 1;
}
