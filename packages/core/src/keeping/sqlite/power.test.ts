import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { banOf, failureOf, made, placeOf, step, storeTrial } from '../../fixtures/store.js';

const trial = storeTrial();

it('after a loss of power all steps up to some moment are there as a whole: what is missing is read again, and nothing is there twice', async () => {
  const store = await trial.open();
  store.begin('door', 600);
  const steps = 120;
  for (let at = 1; at <= steps; at++) {
    const id = `10.0.0.${at}`;
    store.commit(
      step({
        failures: [failureOf(id, at, { matches: [`line ${at} `.repeat(20)] })],
        bans: at % 10 === 0 ? [made(banOf(id, trial.now))] : [],
        places: [{ jail: 'door', place: placeOf('/var/log/a', at + 1) }],
      }),
    );
  }
  const log = readFileSync(`${trial.file}-wal`);
  let seed = 11;
  const seen = new Set<number>();
  for (let round = 0; round < 60; round++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const file = join(trial.directory, `after-${round}.sqlite3`);
    copyFileSync(trial.file, file);
    writeFileSync(`${file}-wal`, log);
    const until = seed % log.length;
    // The disk has lost what came last, or wrote a page of it only.
    if (round % 2 === 0) truncateSync(`${file}-wal`, until);
    else writeFileSync(`${file}-wal`, Buffer.concat([log.subarray(0, until), Buffer.alloc(log.length - until, 0x5a)]));
    const after = await trial.open({ file });
    const offsets = after.failuresSince('door', 0).map(({ origin }) => origin!.offset);
    const last = offsets.length;
    expect(offsets.sort((a, b) => a - b)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    const place = after.place('door', '/var/log/a');
    expect(place?.kind === 'file' ? place.offset : 1).toBe(last + 1);
    expect(after.bans('door')).toHaveLength(Math.floor(last / 10));
    // The lines behind the place come again, and those before it do not.
    for (let at = last + 1; at <= steps; at++) after.commit(step({ failures: [failureOf(`10.0.0.${at}`, at)] }));
    expect(after.failuresSince('door', 0)).toHaveLength(steps);
    seen.add(last);
    await after.close();
  }
  expect(seen.size).toBeGreaterThan(10);
  expect(trial.told).toEqual([]);
});
