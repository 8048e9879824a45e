import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));

/** A program that opens a pool, and scans only after its installation was treated with `upgrade`. */
const program = (warm: boolean, upgrade: string) => `
import { cpSync, renameSync, rmSync } from 'node:fs';
import { compileFilter, openPool, plainSettings } from './f2b/dist/index.js';
const at = (name) => new URL(name, import.meta.url);
const filter = compileFilter(plainSettings({ failregex: 'from <HOST>$', logtimezone: 'UTC' }));
const troubles = [];
const pool = openPool({ workers: 2, idle: Infinity, onTrouble: ({ code }) => troubles.push(code) });
pool.register('jail', [filter]);
const now = Date.now();
const lines = Buffer.from('2024-05-01 10:00:00 failed from 192.0.2.1\\n'.repeat(500));
if (${warm}) await pool.warm(now);
${upgrade}
const small = pool.scanInline('jail', lines, { now }).matches.length;
const large = await Promise.all([1, 2, 3, 4].map(() => pool.scanBlock('jail', lines, { now })));
console.log(JSON.stringify({ small, large: large.map(({ matches }) => matches.length), troubles }));
await pool.close();
`;

describe('an installation that is replaced under a running pool', () => {
  let directory: string;
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'f2b-upgrade-')));
    mkdirSync(join(directory, 'f2b'));
    cpSync(join(repository, 'packages/matcher/dist'), join(directory, 'f2b/dist'), { recursive: true });
    writeFileSync(join(directory, 'f2b/package.json'), '{ "type": "module" }');
    symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function run(warm: boolean, upgrade: string): unknown {
    const file = join(directory, 'program.mjs');
    writeFileSync(file, program(warm, upgrade));
    return JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8' }));
  }

  const everything = { small: 500, large: [500, 500, 500, 500] };
  const gone = `renameSync(at('f2b'), at('gone')); rmSync(at('node_modules'));`;
  // The same files again, as `git pull` and a build leave them: they may be those of another version.
  const replaced = `renameSync(at('f2b'), at('gone')); cpSync(at('gone'), at('f2b'), { recursive: true });`;

  it('is not missed by workers that run', () => {
    expect(run(true, gone)).toEqual({ ...everything, troubles: [] });
  });

  it.each([
    ['is gone', gone],
    ['was replaced', replaced],
  ])('starts no worker any more where it %s, which is said once, and loses no line', (_what, upgrade) => {
    expect(run(false, upgrade)).toEqual({ ...everything, troubles: ['F2B_POOL_NO_WORKER'] });
  });
});
