import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import type { Portion, SourceReader } from '../source.js';
import { FollowedJournal } from './followed-journal.js';
import { JournalMatches } from './matches.js';
import { journalWhere } from './places.js';

const root = mkdtempSync(join(tmpdir(), 'f2b-follow-journal-'));
let followed: FollowedJournal | undefined;
afterEach(() => followed?.close());
afterAll(() => rmSync(root, { recursive: true, force: true }));

const readAhead = 4;
const waitFor = <T>(look: () => T) => vi.waitFor(look, { timeout: 15_000, interval: 50 });

/** A journalctl that never runs out of entries of a thousand characters, and writes down how many it got rid of. */
function endless(): { readonly program: string; count(): number } {
  const program = join(root, 'journalctl');
  const counted = join(root, 'count');
  const cursor = '__CURSOR=s=0123456789abcdef0123456789abcdef;i=%x';
  const entry = `${cursor}\\n__REALTIME_TIMESTAMP=1700000000000000\\nMESSAGE=${'x'.repeat(1000)}\\n\\n`;
  writeFileSync(counted, '0');
  writeFileSync(
    program,
    `#!/bin/sh\ni=0\nwhile :; do\n  i=$((i+1))\n  printf '${entry}' $i\n  echo $i >${counted}.new\n  mv ${counted}.new ${counted}\ndone\n`,
  );
  chmodSync(program, 0o755);
  return { program, count: () => Number(readFileSync(counted, 'utf8')) };
}

it('lets journalctl wait while what it gave is not judged, so that memory is bounded', async () => {
  const { program, count } = endless();
  const judged: (() => void)[] = [];
  const portions: Portion[] = [];
  let held = true;
  const reader: SourceReader = {
    portion(portion) {
      if (portions.length === readAhead && !held) return Promise.resolve();
      portions.push(portion);
      return new Promise((resolve) => judged.push(resolve));
    },
    tell() {},
  };
  const clock = {
    after(delay: number, then: () => void) {
      const timer = setTimeout(then, delay);
      return () => clearTimeout(timer);
    },
  };
  followed = new FollowedJournal(
    { where: journalWhere(new Map()), matches: new JournalMatches([]), start: 0 },
    reader,
    { clock, random: () => 0, readAhead, program },
  );
  await waitFor(() => expect(portions).toHaveLength(readAhead));
  let before = -1;
  await waitFor(() => {
    const now = count();
    const stands = now === before;
    before = now;
    expect(stands).toBe(true);
  });
  expect(portions).toHaveLength(readAhead);
  // What is under way, what the pipe holds, and what Node holds of it.
  expect(count()).toBeLessThan(1000);
  expect(followed.place).toBeUndefined();
  const stood = count();
  held = false;
  for (const done of judged) done();
  await waitFor(() => expect(count()).toBeGreaterThan(stood));
  expect(portions[0]?.settled()).toMatchObject({ kind: 'journal', time: 1_700_000_000_000 });
  expect(followed.place).toEqual(portions[0]?.settled());
});
