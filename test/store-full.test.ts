import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reasonToSkip } from './requirements.js';

const cannot = reasonToSkip('root', 'namespaces');
const core = fileURLToPath(new URL('../packages/core/dist/index.js', import.meta.url));

/** Fills a disk of 2 MB with bans, makes room, and goes on. Prints what it saw. */
const script = `
import { rmSync, writeFileSync } from 'node:fs';
import { identifierOf, openSqliteStore } from ${JSON.stringify(core)};
const clock = { now: () => Date.now(), after: () => () => {} };
const store = await openSqliteStore({ file: 'f2b.sqlite3', purgeAge: 86400, maxMatches: 10, clock, tell: console.error });
writeFileSync('ballast', Buffer.alloc(1_000_000));
const who = identifierOf('203.0.113.1');
const ban = (i) => ({ kind: 'made', jail: 'door', ban: { who, time: Date.now() + i * 1000, since: 0, bantime: -1, bancount: 1, failures: 5, matches: ['x'.repeat(2000)], data: new Map(), restored: false } });
let kept = 0;
let why;
while (why === undefined && kept < 2000) {
  try { store.commit({ failures: [], bans: [ban(kept)], places: [] }); kept++; } catch (error) { why = error.message; }
}
const trouble = store.trouble;
rmSync('ballast');
let tries = 0;
for (;;) { try { tries++; store.commit({ failures: [], bans: [ban(kept)], places: [] }); kept++; break; } catch (error) { if (tries > 3) throw error; } }
const after = store.trouble;
await store.close();
const again = await openSqliteStore({ file: 'f2b.sqlite3', purgeAge: 86400, maxMatches: 10, clock, tell: console.error });
console.log(JSON.stringify({ kept, why, trouble, after, bancount: again.bans('door').length }));
`;

describe.skipIf(cannot)('a store on a full disk', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'f2b-full-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('says so, and writes on when there is room', () => {
    const file = join(directory, 'fill.mjs');
    writeFileSync(file, script);
    // The disk is seen by this process alone, and gone with it.
    const command = 'mkdir "$0/disk" && mount -t tmpfs -o size=2m none "$0/disk" && cd "$0/disk" && exec "$1" "$2"';
    const ran = spawnSync('unshare', ['-m', 'sh', '-c', command, directory, process.execPath, file], {
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    const seen = JSON.parse(ran.stdout);
    expect(seen.why).toMatch(/^database f2b\.sqlite3: database or disk is full; f2b tries again; look at the disk/);
    expect(seen.trouble).toMatch(/full/);
    expect(seen.kept).toBeGreaterThan(5);
    expect(seen.kept).toBeLessThan(1500);
    expect(seen).toMatchObject({ bancount: 1 });
    expect(seen.after).toBeUndefined();
  });
});
