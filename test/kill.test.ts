import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from './condition.js';
import { keptFailures, readRows } from './kept-failures.js';
import { knockOf, StoredDaemon } from './stored-daemon.js';

/** How often the daemon is killed; a hunt takes more. */
// biome-ignore lint/suspicious/noUndeclaredEnvVars: a person's wish for more of the same; no cached task depends on it
const kills = Number(process.env.F2B_KILLS ?? 6);

let directory: string;
let daemon: StoredDaemon;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-kill-'));
});
afterEach(async () => {
  await daemon.end('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

const read = <T>(sql: string, ...values: unknown[]) => readRows<T>(daemon.database, sql, ...values);

/** Log, offset and address of every failure that the database holds, as often as it does. */
const counted = () => keptFailures(daemon.database).map(({ log, offset, address }) => `${log} ${offset} ${address}`);

const bansOf = (address: string) => read<[number, number]>('SELECT timeofban, bantime FROM bans WHERE ip = ?', address);

it('bans who failed four times before a kill and once after it, keeps the ban over the next kill, and ends it in time', async () => {
  daemon = new StoredDaemon(directory, { bantime: '20s' });
  daemon.start();
  await daemon.ready();
  for (let i = 0; i < 4; i++) daemon.knock('203.0.113.1');
  await eventually('four failures to be kept', () => counted().length === 4);
  await daemon.end('SIGKILL');
  daemon.start();
  await daemon.ready();
  daemon.knock('203.0.113.1');
  await daemon.says(/NOTICE {2}\[door\] Ban 203\.0\.113\.1/);
  const [ban] = await eventually('the ban to be kept', () => bansOf('203.0.113.1').length > 0 && bansOf('203.0.113.1'));
  await daemon.end('SIGKILL');
  daemon.start();
  await daemon.says(/NOTICE {2}\[door\] Restore Ban 203\.0\.113\.1/);
  await daemon.says(/NOTICE {2}\[door\] Unban 203\.0\.113\.1/, 40_000);
  expect(Date.now() / 1000).toBeGreaterThanOrEqual(ban![0] + 20);
  expect(bansOf('203.0.113.1')).toEqual([ban]);
}, 120_000);

it('after a kill at any moment, every line is counted exactly once, and nobody is banned twice', async () => {
  daemon = new StoredDaemon(directory);
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: a person's wish for other moments; no cached task depends on it
  let seed = Number(process.env.F2B_SEED ?? 1);
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  // Every second address comes to a ban, the others stay one failure short of it.
  const addresses = Array.from({ length: kills * 60 }, (_, i) => ({
    id: `10.${i >> 8}.${i & 255}.7`,
    lines: i % 2 === 0 ? 5 : 4,
  }));
  const lines = addresses.flatMap(({ id, lines: count }) => new Array<string>(count).fill(id));
  for (let at = lines.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [lines[at], lines[other]] = [lines[other]!, lines[at]!];
  }
  let written = 0;
  const writeSome = (most: number) => {
    const some = lines.slice(written, written + Math.ceil(random() * most));
    written += some.length;
    // Now and then a line that is not yet at its end.
    const text = some.map((id) => knockOf(id)).join('');
    const cut = Math.floor(random() * text.length);
    appendFileSync(daemon.log, text.slice(0, cut));
    appendFileSync(daemon.log, text.slice(cut));
  };
  for (let kill = 0; kill < kills; kill++) {
    daemon.start();
    // Some die before they have begun.
    if (random() < 0.8) await daemon.ready();
    const until = Math.ceil((lines.length * (kill + 1)) / kills);
    while (written < until && random() < 0.97) {
      writeSome(12);
      await wait(random() * 15);
    }
    await daemon.end('SIGKILL');
  }
  daemon.start();
  await daemon.ready();
  while (written < lines.length) writeSome(100);
  await eventually(
    'all to be read',
    () => read<[number]>('SELECT lastfilepos FROM logs')[0]?.[0] === daemon.size(),
    60_000,
  );
  await daemon.end('SIGTERM');

  const seen = counted();
  const doubled = seen.length - new Set(seen).size;
  const lost = lines.length - new Set(seen).size;
  console.info(
    `${kills} kills: ${lines.length} lines written, ${seen.length} counted, ${lost} lost, ${doubled} doubled`,
  );
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
  const expected = addresses.filter(({ lines: count }) => count === 5).map(({ id }) => [id, 1]);
  expect(read<[string, number]>('SELECT ip, count(*) FROM bans GROUP BY ip').sort()).toEqual(expected.sort());
}, 900_000);
