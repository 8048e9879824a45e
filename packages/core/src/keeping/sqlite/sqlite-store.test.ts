import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { banOf, failureOf, made, placeOf, step, storeTrial } from '../../fixtures/store.js';
import { identifierOf } from '../../jails/who/identifier.js';

const trial = storeTrial();

function rows(sql: string, file = trial.file): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
}

it('gives back to the next process what this one was told, without having been closed', async () => {
  const store = await trial.open();
  store.begin('door', 600);
  const time = trial.now - 10_000;
  const data = new Map([['user', 'root'], ['ip4', '203.0.113.1']]); // biome-ignore format: one line reads better
  const ban = banOf('203.0.113.1', time, { matches: ['one', 'two'], data, bancount: 4 });
  store.commit(
    step({
      failures: [
        failureOf('203.0.113.1', 20, { time }),
        failureOf('203.0.113.2', 40, { time, matches: ['a "line" \u{1f600}\0'], data, weight: 3 }),
      ],
      bans: [made(ban)],
      places: [{ jail: 'door', place: placeOf('/var/log/a', 60) }],
    }),
  );
  const next = await trial.open();
  expect(next.bans('door')).toEqual([
    { who: ban.who, time, bantime: 600, bancount: 4, failures: 3, matches: ['one', 'two'], data },
  ]);
  const [first, second] = next.failuresSince('door', time);
  expect(first).toMatchObject({ spent: true, origin: { log: '1:2@3:abc', offset: 20 } });
  expect(second).toEqual({
    who: identifierOf('203.0.113.2'),
    time,
    matches: ['a "line" \u{1f600}\0'],
    data,
    origin: { log: '1:2@3:abc', offset: 40 },
    weight: 3,
    spent: false,
  });
  expect(next.place('door', '/var/log/a')).toEqual(placeOf('/var/log/a', 60));
  expect(next.place('gate', '/var/log/a')).toBeUndefined();
  expect(next.failuresSince('door', time + 1)).toEqual([]);
});

it('writes what fail2ban reads: seconds, JSON as bytes, positions by the first line', async () => {
  const store = await trial.open({ maxMatches: 1 });
  store.begin('door', 600);
  const ban = banOf('2001:db8::7', 1_799_999_990_500, { matches: ['one', 'two'], data: new Map([['user', 'v6']]) });
  store.commit(step({ bans: [made(ban)], places: [{ jail: 'door', place: placeOf('/var/log/a', 60) }] }));
  store.commit(step({ bans: [made(banOf('203.0.113.1', trial.now, { bantime: -1 }), 'gate')] }));
  expect(rows('SELECT version FROM fail2banDb')).toEqual([[4]]);
  expect(rows('SELECT name, enabled FROM jails ORDER BY name')).toEqual([['door', 1], ['gate', 0]]); // biome-ignore format: a table
  expect(rows('SELECT * FROM logs')).toEqual([['door', '/var/log/a', 'ab'.repeat(20), 60]]);
  const data = '{"matches":["two"],"failures":3,"user":"v6"}';
  const row = ['door', '2001:db8::7', 1_799_999_990, 600, 1];
  expect(rows('SELECT jail, ip, timeofban, bantime, bancount, typeof(data), CAST(data AS TEXT) FROM bans')).toEqual([
    [...row, 'blob', data],
    ['gate', '203.0.113.1', 1_800_000_000, -1, 1, 'blob', '{"matches":[],"failures":3}'],
  ]);
  expect(rows("SELECT jail, ip, timeofban, bantime, bancount FROM bips WHERE jail = 'door'")).toEqual([row]);
  expect(statSync(trial.file).mode & 0o777).toBe(0o600);
});

it('reads matches as fail2ban writes them, in parts and as text, and data that is text or nothing', async () => {
  const store = await trial.open();
  store.begin('door', 600);
  await store.close();
  const db = new Database(trial.file);
  const insert = db.prepare(
    "INSERT INTO bips (ip, jail, timeofban, bantime, data) VALUES (?, 'door', 1800000000, -1, ?)",
  );
  insert.run(
    '203.0.113.1',
    Buffer.from('{"matches": [["", "2026-11-23", " bad"], "whole"], "failures": 2, "ip4": "203.0.113.1"}'),
  );
  insert.run('alice', '{"matches": [], "failures": 0, "ip6": "2001:db8::1"}');
  insert.run('bob', null);
  insert.run('carol', 'no JSON');
  db.close();
  const bans = (await trial.open()).bans('door');
  expect(bans.map(({ who, matches, failures }) => [who.id, who.ip, matches, failures])).toEqual([
    ['203.0.113.1', '203.0.113.1', ['2026-11-23 bad', 'whole'], 2],
    ['alice', '2001:db8::1', [], 0],
    ['bob', 'bob', [], 0],
    ['carol', 'carol', [], 0],
  ]);
});

it('keeps ended bans as history and bans without end in force, and forgets what was lifted', async () => {
  const store = await trial.open();
  store.begin('door', 600);
  const time = trial.now;
  store.commit(step({ bans: ['a', 'b', 'c'].map((id) => made(banOf(id, time))) }));
  store.commit(step({ bans: [made(banOf('d', time, { bantime: -1 }))] }));
  store.commit(step({ bans: [{ kind: 'prolonged', jail: 'door', ban: banOf('b', time, { bantime: 1200 }) }] }));
  store.commit(step({ bans: [{ kind: 'lifted', jail: 'door', id: 'c' }] }));
  store.commit(step({ bans: [{ kind: 'restored', jail: 'door', ban: banOf('z', time) }] }));
  expect(store.bans('door').map(({ who }) => who.id)).toEqual(['a', 'b', 'd']);
  trial.moveClock(601_000);
  store.commit(step({ bans: [{ kind: 'ended', jail: 'door', id: 'a' }] }));
  const next = await trial.open();
  expect(next.bans('door').map(({ who, bantime }) => [who.id, bantime])).toEqual([['b', 1200], ['d', -1]]); // biome-ignore format: a table
  expect(next.history.find('a', 'door')).toEqual({ bancount: 1, timeofban: time, bantime: 600 });
  expect(next.history.find('c', 'door')).toBeUndefined();
  expect(rows('SELECT ip, bantime FROM bans ORDER BY ip')).toEqual([['a', 600], ['b', 1200], ['d', -1]]); // biome-ignore format: a table
});

it('counts earlier bans of one jail and of all, written or not yet', async () => {
  const store = await trial.open();
  const { now } = trial;
  const record = (bancount: number, timeofban: number, bantime: number) => ({ bancount, timeofban, bantime });
  store.history.record('a', 'door', record(2, now - 5000, 60));
  store.commit(step({ bans: [made(banOf('a', now - 5000, { bantime: 60 }))] }));
  store.history.record('a', 'gate', record(1, now, 600));
  for (const one of [store, await trial.open()]) {
    const gate = one === store ? [1, now, 600] : [0, 0, 0];
    expect(one.history.find('a', 'door')).toMatchObject(record(2, now - 5000, 60));
    expect(one.history.find('a', undefined)).toEqual(
      record(2 + gate[0]!, Math.max(now - 5000, gate[1]!), 60 + gate[2]!),
    );
  }
  store.history.forget('a', 'door');
  expect(store.history.find('a', 'door')).toBeUndefined();
  expect(store.history.find('a', undefined)).toEqual(record(1, now, 600));
});

it('takes a failure that is committed again for the same', async () => {
  const store = await trial.open();
  for (let i = 0; i < 3; i++) store.commit(step({ failures: [failureOf('a', 20), failureOf('a', 40)] }));
  store.commit(step({ failures: [failureOf('b', 40), failureOf('a', 40, { jail: 'gate' })] }));
  expect(store.failuresSince('door', 0)).toHaveLength(3);
  expect(store.failuresSince('gate', 0)).toHaveLength(1);
});

it('knows of each failure whether a ban came of it: those after the ban count again', async () => {
  const store = await trial.open();
  store.commit(step({ failures: [failureOf('a', 1), failureOf('b', 2)], bans: [made(banOf('a', trial.now))] }));
  store.commit(step({ failures: [failureOf('a', 3)] }));
  expect(store.failuresSince('door', 0).map(({ who, spent }) => [who.id, spent])).toEqual([
    ['a', true],
    ['b', false],
    ['a', false],
  ]);
  store.commit(step({ bans: [{ kind: 'spent', jail: 'door', id: 'b' }] }));
  expect(store.failuresSince('door', 0).map(({ spent }) => spent)).toEqual([true, true, false]);
  expect(store.bans('door')).toHaveLength(1);
  store.commit(step({ bans: [{ kind: 'lifted', jail: 'door', id: 'b' }] }));
  expect(store.failuresSince('door', 0).map(({ spent }) => spent)).toEqual([true, true, false]);
});

it('writes the first place of a log at once, later ones alone a second later, and with the next failure or the end at once', async () => {
  const store = await trial.open();
  const at = (offset: number) => step({ places: [{ jail: 'door', place: placeOf('/var/log/a', offset) }] });
  const offset = () => rows('SELECT lastfilepos FROM logs')[0];
  store.commit(at(5));
  expect(offset()).toEqual([5]);
  store.commit(at(10));
  expect(offset()).toEqual([5]);
  trial.moveClock(1000);
  expect(offset()).toEqual([10]);
  store.commit(at(20));
  store.commit(step({ failures: [failureOf('a', 15)] }));
  expect(offset()).toEqual([20]);
  store.commit(at(30));
  await store.close();
  expect(offset()).toEqual([30]);
});

it('forgets failures behind findtime, and of endless ones the oldest', async () => {
  const store = await trial.open();
  store.begin('door', 600);
  for (let i = 0; i < 3000; i++) store.commit(step({ failures: [failureOf(`a${i}`, i)] }));
  trial.moveClock(300_000);
  store.commit(step({ failures: [failureOf('b', 5000)] }));
  trial.moveClock(320_000);
  expect(rows('SELECT count(*) FROM f2bFailures')).toEqual([[1]]);
  for (let batch = 0; batch < 300; batch++) {
    const failures = Array.from({ length: 500 }, (_, i) => failureOf('c', 10_000 + batch * 500 + i));
    store.commit(step({ failures }));
  }
  trial.moveClock(20_000);
  const kept = Number((rows('SELECT sum(failures) FROM f2bFailures') as [number][])[0]?.[0]);
  expect(kept).toBeLessThanOrEqual(100_000);
  expect(kept).toBeGreaterThan(99_000);
});

it('lets old bans go hour by hour, a little at a time, and the file with them', async () => {
  const store = await trial.open({ purgeAge: 3600 });
  store.begin('door', 600);
  const many = 60_000;
  for (let from = 0; from < many; from += 1000) {
    const bans = Array.from({ length: 1000 }, (_, i) => made(banOf(`10.0.${(from + i) >> 8}.${i & 255}`, trial.now)));
    store.commit(step({ bans }));
  }
  store.commit(step({ bans: [made(banOf('for ever', trial.now, { bantime: -1 })), made(banOf('gone', 1), 'left')] }));
  expect(statSync(trial.file).size + statSync(`${trial.file}-wal`).size).toBeGreaterThan(10_000_000);
  trial.moveClock(3 * 3_600_000);
  store.commit(step({ bans: [made(banOf('new', trial.now))] }));
  expect(rows('SELECT ip FROM bans')).toEqual([['new']]);
  expect(rows('SELECT ip FROM bips ORDER BY ip')).toEqual([['for ever'], ['new']]);
  expect(rows('SELECT name FROM jails')).toEqual([['door']]);
  await store.close();
  expect(statSync(trial.file).size).toBeLessThan(300_000);
});

it('goes on from where fail2ban stopped, if the log still begins with the same line', async () => {
  const log = join(trial.directory, 'a.log');
  const { writeFileSync } = await import('node:fs');
  const { createHash } = await import('node:crypto');
  writeFileSync(log, 'first line\nsecond line\nthird line\n');
  const sha1 = createHash('sha1').update('first line\n').digest('hex');
  await (await trial.open()).close();
  const db = new Database(trial.file);
  db.exec("INSERT INTO jails (name) VALUES ('door')");
  db.prepare("INSERT INTO logs VALUES ('door', ?, ?, 23)").run(log, sha1);
  db.close();
  const store = await trial.open();
  expect(store.place('door', log)).toMatchObject({ kind: 'file', offset: 23, firstLine: sha1 });
  writeFileSync(log, 'another first line\nsecond line\nthird line\n');
  expect(store.place('door', log)).toBeUndefined();
});
