import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Allowance, mostAllowances } from '../jails/who/allowed.js';
import { openAllowFile } from './allow-file.js';

let directory: string;
let file: string;
let problems: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-allow-'));
  file = join(directory, 'list');
  problems = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () => openAllowFile(file, (what) => problems.push(what));
const one: Allowance = { what: '192.0.2.1', since: 1, origin: 'allow' };

it('does not wait for a FIFO that stands in its place', () => {
  spawnSync('mkfifo', [file]);
  expect(open().load()).toEqual([]);
  expect(problems.join()).toMatch(/cannot be read: .*no file/);
});

it('shows few of many lines that are none, and says how many there are', () => {
  writeFileSync(file, `${'junk\n'.repeat(10_000)}${JSON.stringify(one)}\n`);
  expect(open().load()).toMatchObject([one]);
  expect(problems).toHaveLength(6);
  expect(problems.at(-1)).toMatch(/^9995 more lines/);
});

it('takes no more entries than there may be, and says so', () => {
  writeFileSync(file, `${JSON.stringify(one)}\n`.repeat(mostAllowances + 1));
  expect(open().load()).toHaveLength(mostAllowances);
  expect(problems.join()).toMatch(/more than 10000 entries/);
});

it('keeps the list that it has where another cannot be written whole', () => {
  open().save([one]);
  const before = readFileSync(file, 'utf8');
  const script = `
    process.on('SIGXFSZ', () => {});
    const { openAllowFile } = await import(${JSON.stringify(new URL('../../dist/keeping/allow-file.js', import.meta.url))});
    const many = Array.from({ length: 1000 }, (_, i) => ({ what: '10.0.0.' + (i % 256), since: i, origin: 'allow' }));
    try { openAllowFile(process.argv[1], () => {}).save(many); } catch (error) { console.log(error.code); }`;
  const limited = ['ulimit -f 8; exec "$0" --input-type=module -e "$1" "$2"', process.execPath, script, file];
  const { stdout } = spawnSync('bash', ['-c', ...limited], { encoding: 'utf8' });
  expect([stdout, readFileSync(file, 'utf8')]).toEqual(['EFBIG\n', before]);
  expect(lstatSync(`${file}.new`, { throwIfNoEntry: false })).toBeUndefined();
});

it('does not write through a link', () => {
  const other = join(directory, 'other');
  writeFileSync(other, 'mine');
  symlinkSync(other, `${file}.new`);
  open().save([one]);
  expect(readFileSync(other, 'utf8')).toBe('mine');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
