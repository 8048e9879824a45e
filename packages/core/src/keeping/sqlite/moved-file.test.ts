import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { banOf, failureOf, made, placeOf, step, storeTrial } from '../../fixtures/store.js';

const trial = storeTrial();
const ids = (bans: readonly { readonly who: { readonly id: string } }[]) => bans.map(({ who }) => who.id);

it('notices that its file was deleted, says so, and makes it anew with all that it held', async () => {
  const store = await trial.open();
  store.commit(
    step({
      bans: [made(banOf('192.0.2.1', trial.now))],
      failures: [failureOf('192.0.2.2', 5)],
      places: [{ jail: 'door', place: placeOf('/var/log/a', 40) }],
    }),
  );
  rmSync(trial.file);
  store.commit(step({ bans: [made(banOf('192.0.2.3', trial.now))] }));
  expect(trial.told.join('\n')).toMatch(/^notice: Database \S+ was deleted while f2b runs: .* written into it anew$/);
  expect(statSync(trial.file).mode & 0o777).toBe(0o600);
  const other = await trial.open();
  expect(ids(other.bans('door'))).toEqual(['192.0.2.1', '192.0.2.3']);
  expect(ids(other.failuresSince('door', 0))).toEqual(['192.0.2.2']);
  expect(other.place('door', '/var/log/a')).toMatchObject({ offset: 40 });
});

it('notices it though nothing happens', async () => {
  const store = await trial.open();
  store.commit(step({ bans: [made(banOf('192.0.2.1', trial.now, { bantime: -1 }))] }));
  for (const part of ['', '-wal', '-shm']) rmSync(trial.file + part);
  trial.moveClock(11_000);
  expect(ids((await trial.open()).bans('door'))).toEqual(['192.0.2.1']);
});

it('adds what it remembers to a database that was put in its place', async () => {
  const elsewhere = join(trial.directory, 'backup.sqlite3');
  const backup = await trial.open({ file: elsewhere });
  backup.commit(step({ bans: [made(banOf('192.0.2.9', trial.now))] }));
  await backup.close();
  const store = await trial.open();
  store.commit(step({ bans: [made(banOf('192.0.2.1', trial.now))] }));
  renameSync(elsewhere, trial.file);
  store.commit(step({ bans: [made(banOf('192.0.2.3', trial.now))] }));
  expect(trial.told.join('\n')).toMatch(/was replaced while f2b runs/);
  expect(ids((await trial.open()).bans('door'))).toEqual(['192.0.2.1', '192.0.2.3', '192.0.2.9']);
});

it('sets aside what is no database, and goes on in a new one', async () => {
  const store = await trial.open();
  store.commit(step({ bans: [made(banOf('192.0.2.1', trial.now))] }));
  rmSync(trial.file);
  writeFileSync(trial.file, 'this is no database\n'.repeat(500));
  store.commit(step({ bans: [made(banOf('192.0.2.3', trial.now))] }));
  expect(store.trouble).toBeUndefined();
  expect(ids((await trial.open()).bans('door'))).toContain('192.0.2.3');
});
