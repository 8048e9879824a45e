/** Filters with `maxlines` on logs with comments, empty and undated lines: f2b regex finds whom fail2ban-regex finds. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { program } from './f2b-process.js';
import { reasonToSkip } from './requirements.js';
import './seed.js';

const folder = mkdtempSync(join(tmpdir(), 'f2b-maxlines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const filters = [
  'failregex = ^ begin <F-USER>\\S+</F-USER>\\n(?:.*\\n)*? end from <HOST>$',
  'failregex = ^ begin \\S+<SKIPLINES> end from <HOST>$',
  'failregex = begin (\\S+)(?:.*\\n)+.*\\1 end from <HOST>\n ^ refused <HOST>$',
  'prefregex = ^ app: <F-CONTENT>(?:.*\\n)*.+</F-CONTENT>$\nfailregex = begin \\S+\\n.*end from <HOST>$',
  'failregex = ^(?:.*\\n)? refused <HOST>$\nignoreregex = begin bob',
  'failregex = from <HOST>$\\s+^.* begin \\S+$',
];

const address = fc.integer({ min: 1, max: 9 }).map((host) => `192.0.2.${host}`);
const words = fc.oneof(
  fc.constantFrom(' begin bob', ' begin eve', ' app: begin bob', ' nothing', ''),
  address.map((host) => ` end from ${host}`),
  address.map((host) => ` app: end from ${host}`),
  address.map((host) => ` refused ${host}`),
);
const dated = fc
  .tuple(fc.integer({ min: 0, max: 59 }), words)
  .map(([second, rest]) => `2024-05-01 10:00:${String(second).padStart(2, '0')}${rest}`);
const line = fc.oneof(
  { weight: 6, arbitrary: dated },
  { weight: 1, arbitrary: words },
  fc.constantFrom('', '', '#', '# begin bob', '#2024-05-01 10:00:00 refused 192.0.2.1', ' ', '\t', ' # x'),
);
function found(command: string, args: readonly string[]): string[] {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
  // Sets of users have no order.
  return stdout
    .replaceAll(/\{('[^{}:]*')\}/g, (_all, users: string) => `{${users.split(', ').sort().join(', ')}}`)
    .split('\n');
}

describe.skipIf(reasonToSkip('fail2ban-regex') !== undefined)('a filter with maxlines', () => {
  it.each(filters)(
    'finds in f2b regex what it finds in fail2ban-regex, whatever lines stand between: %s',
    (expressions) => {
      const [maxlines = 2] = fc.sample(fc.integer({ min: 2, max: 6 }), 1);
      const lines = fc.sample(line, 600);
      const filter = join(folder, 'some.conf');
      writeFileSync(filter, `[Definition]\n${expressions}\nmaxlines = ${maxlines}\n`);
      const file = join(folder, 'log');
      writeFileSync(file, `${lines.join('\n')}\n`);
      const theirs = found('fail2ban-regex', ['-o', 'row', file, filter]);
      expect(theirs.length).toBeGreaterThan(4);
      expect(found(process.execPath, [program, 'regex', '-o', 'row', file, filter])).toEqual(theirs);
    },
    60_000,
  );
});
