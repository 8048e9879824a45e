import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { identifierOf } from '../jails/who/identifier.js';
import { Chronicle } from './chronicle.js';
import type { GuardEvents } from './events.js';
import { Tally } from './tally.js';

const bounds = { most: 40, mostOfOne: 8, mostChars: 2000 };

function begun() {
  const events = new EventEmitter<GuardEvents>();
  let now = 1_000_000;
  const found = (id: string, line = 'x', time = now) => {
    const who = identifierOf(id);
    const failure = { who, time, matches: [line], data: new Map() };
    events.emit('found', { jail: 'door', who, time, failure, weight: 1 });
  };
  const ban = (id: string, failures = 3, bancount = 1, restored = false) => {
    const who = identifierOf(id);
    const one = { who, time: now, since: now, bantime: 600, bancount, failures, matches: [], data: new Map() };
    events.emit('ban', { jail: 'door', ban: { ...one, restored }, simulated: false });
  };
  const pass = (by: number) => {
    now += by;
  };
  return { events, found, ban, now: () => now, pass };
}

it('counts no ban twice that is in force again after a restart', () => {
  const { events, ban, now } = begun();
  const [chronicle, tally] = [new Chronicle(events, now, bounds), new Tally(events, now)];
  ban('203.0.113.1', 3, 2, true);
  expect(chronicle.of('203.0.113.1').occurrences).toMatchObject([{ kind: 'ban', bancount: 1, restored: true }]);
  expect(tally.newest.map(({ bancount }) => bancount)).toEqual([1]);
});

it('forgets whoever has been quiet for longest, and no more than it must', () => {
  const { events, found, now } = begun();
  const chronicle = new Chronicle(events, now, bounds);
  for (let i = 0; i < 50; i++) {
    found(`203.0.113.${i}`);
    found('203.0.113.0');
  }
  const remembered = Array.from({ length: 50 }, (_, i) => chronicle.of(`203.0.113.${i}`).occurrences.length);
  const sum = remembered.reduce((all, one) => all + one);
  expect(sum).toBeLessThanOrEqual(bounds.most);
  expect(sum).toBeGreaterThanOrEqual(bounds.most * 0.8);
  expect(remembered[0]).toBeGreaterThan(0);
  expect(remembered[1]).toBe(0);
  expect(remembered[49]).toBe(1);
});

it('keeps the latest of one who never rests, and counts what it gave up', () => {
  const { events, found, now } = begun();
  const chronicle = new Chronicle(events, now, bounds);
  for (let i = 0; i < 100; i++) found('203.0.113.1', `line ${i}`);
  const { occurrences, forgotten } = chronicle.of('203.0.113.1');
  expect(occurrences.at(-1)).toMatchObject({ kind: 'found', lines: ['line 99'] });
  expect(occurrences.length + forgotten).toBe(100);
  expect(occurrences.length).toBeLessThanOrEqual(10);
});

it('keeps no long line, and not too many characters of all together', () => {
  const { events, found, now } = begun();
  const chronicle = new Chronicle(events, now, bounds);
  for (let i = 0; i < 10; i++) found(`203.0.113.${i}`, 'y'.repeat(100_000));
  const lines = Array.from({ length: 10 }, (_, i) => chronicle.of(`203.0.113.${i}`).occurrences).flat();
  expect(lines.length).toBeGreaterThan(0);
  expect(JSON.stringify(lines).length).toBeLessThan(6000);
});

it('tallies failures of the last minute, leaks, and the time from line to ban', () => {
  const { events, found, ban, now, pass } = begun();
  const tally = new Tally(events, now);
  for (let i = 0; i < 30; i++) {
    found('203.0.113.1');
    pass(1000);
  }
  expect(tally.jail('door')).toMatchObject({ found: 30, perMinute: 30 });
  pass(45_000);
  expect(tally.jail('door').perMinute).toBe(14);
  pass(60_000);
  expect(tally.jail('door').perMinute).toBe(0);
  ban('203.0.113.1');
  const since = now();
  pass(400);
  events.emit('enforced', { jail: 'door', id: '203.0.113.1' });
  expect(tally.lineToBan).toMatchObject({ count: 1, sum: 0.4 });
  expect(tally.lineToBan.counts).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
  // On its way, then a leak.
  events.emit('already', { jail: 'door', id: '203.0.113.1', since });
  pass(3000);
  events.emit('already', { jail: 'door', id: '203.0.113.1', since });
  expect(tally.jail('door').leaks).toBe(1);
  // By hand: no line, no delay.
  ban('203.0.113.2', 0);
  events.emit('enforced', { jail: 'door', id: '203.0.113.2' });
  expect(tally.lineToBan.count).toBe(1);
});
