#!/usr/bin/env node
// `npm run errors`: writes docs/errors.md from the tables of errors of what was built (`npx tsc -b`).
import { writeFileSync } from 'node:fs';
import { chaptersOf } from './errors/chapters.mjs';
import { errorsPage } from './errors/page.mjs';

const names = /** @type {const} */ (['config', 'core', 'firewall', 'cli', 'matcher']);
const tables = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await import(`../packages/${name}/dist/errors.js`)])),
);
writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsPage(chaptersOf(tables)));
