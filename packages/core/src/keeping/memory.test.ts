import { expect, it } from 'vitest';
import type { Ban } from '../jails/book/bans.js';
import { identifierOf } from '../jails/who/identifier.js';
import { openMemoryStore } from './memory.js';
import type { BanChange, KeptFailure, Step } from './store.js';

function failure(id: string, offset: number, jail = 'door'): KeptFailure {
  const origin = { log: '1:2:abc', offset };
  return { jail, who: identifierOf(id), time: offset, matches: [], data: new Map(), origin, weight: 1 };
}

function banOf(id: string): Ban {
  const who = identifierOf(id);
  const counts = { time: 5, since: 5, bantime: 600, bancount: 1, failures: 3 };
  return { who, ...counts, matches: [], data: new Map(), restored: false };
}

function step(more: Partial<Step>): Step {
  return { failures: [], bans: [], places: [], ...more };
}

const made = (id: string): BanChange => ({ kind: 'made', jail: 'door', ban: banOf(id) });

it('takes a failure that is committed again for the same', () => {
  const store = openMemoryStore();
  for (let i = 0; i < 3; i++)
    store.commit(step({ failures: [failure('203.0.113.1', 20), failure('203.0.113.1', 40)] }));
  store.commit(step({ failures: [failure('203.0.113.2', 40), failure('203.0.113.1', 40, 'gate')] }));
  expect(store.failuresSince('door', 0)).toHaveLength(3);
  expect(store.failuresSince('door', 30)).toHaveLength(2);
  expect(store.failuresSince('gate', 0)).toHaveLength(1);
});

it('keeps a ban until it ends or is lifted, and restoring it makes no other', () => {
  const store = openMemoryStore();
  store.commit(step({ bans: [made('203.0.113.1'), made('203.0.113.2'), made('203.0.113.3')] }));
  store.commit(step({ bans: [{ kind: 'restored', jail: 'door', ban: { ...banOf('203.0.113.9'), restored: true } }] }));
  store.commit(step({ bans: [{ kind: 'prolonged', jail: 'door', ban: { ...banOf('203.0.113.2'), bantime: 1200 } }] }));
  store.commit(step({ bans: [{ kind: 'ended', jail: 'door', id: '203.0.113.1' }] }));
  store.commit(step({ bans: [{ kind: 'lifted', jail: 'door', id: '203.0.113.3' }] }));
  expect(store.bans('door').map(({ who, bantime }) => [who.id, bantime])).toEqual([['203.0.113.2', 1200]]);
  expect(store.bans('gate')).toEqual([]);
});

it('spends the failures that a ban came of or that were lifted, and only those', () => {
  const store = openMemoryStore();
  store.commit(
    step({ failures: [1, 2, 3].map((offset) => failure('203.0.113.1', offset)), bans: [made('203.0.113.1')] }),
  );
  store.commit(step({ failures: [failure('203.0.113.1', 4), failure('203.0.113.2', 5)] }));
  expect(store.failuresSince('door', 0).map(({ spent }) => spent)).toEqual([true, true, true, false, false]);
  store.commit(step({ bans: [{ kind: 'lifted', jail: 'door', id: '203.0.113.2' }] }));
  expect(store.failuresSince('door', 4).map(({ spent }) => spent)).toEqual([false, true]);
});

it('keeps so many failures of a jail at most, the latest', () => {
  const store = openMemoryStore({ maxFailures: 10 });
  for (let offset = 0; offset < 100; offset++) store.commit(step({ failures: [failure('203.0.113.1', offset)] }));
  expect(store.failuresSince('door', 0).map(({ time }) => time)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
});
