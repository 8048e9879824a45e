import { rmSync } from 'node:fs';
import type { GroupValue } from '@f2b/matcher';
import { afterEach, describe, expect, it } from 'vitest';
import { banOf, failureOf, made, placeOf, step, storeTrial } from '../../fixtures/store.js';
import type { BanChange, Store } from '../store.js';
import { readStep, StepWriter } from './step-bytes.js';
import { openThreadedStore } from './threaded-store.js';

const trial = storeTrial();
let opened: Store[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  opened = [];
});

async function open(): Promise<Store> {
  const store = await openThreadedStore({
    file: trial.file,
    purgeAge: 86_400,
    maxMatches: 10,
    clock: { now: () => Date.now(), after: () => () => {} },
    tell: (as, message) => void trial.told.push(`${as}: ${message}`),
  });
  opened.push(store);
  return store;
}

describe('a step as bytes', () => {
  it('comes back as it was', () => {
    const data = new Map<string, GroupValue>([
      ['user', 'Grüße \ud800 漢字'],
      ['users', ['root', null, '']],
    ]);
    const who = { id: 'a session', ip: '192.0.2.1', family: 'inet4' as const };
    const changes: BanChange[] = [
      made(banOf('2001:db8::1', 1.5, { bantime: -1, matches: ['x', 'y'], data })),
      { kind: 'prolonged', jail: 'door', ban: banOf('192.0.2.7', 3) },
      { kind: 'lifted', jail: 'gate', id: '192.0.2.8' },
      { kind: 'spent', jail: 'door', id: '192.0.2.9' },
    ];
    const whole = step({
      failures: [
        failureOf('192.0.2.1', 7, { time: 1_800_000_000_000.25, weight: 3, who, matches: ['\u0000', ''], data }),
        { ...failureOf('192.0.2.2', 0), origin: undefined },
      ],
      bans: changes,
      places: [{ jail: 'door', place: placeOf('/var/log/a', 40) }],
    });
    expect(readStep(new StepWriter(10).write(whole, (_jail, ban) => ban.bancount))).toEqual(whole);
  });
});

describe('a store that a thread writes', () => {
  it('gives back what was committed, also before the thread has said so, and counts bans on at once', async () => {
    const store = await open();
    store.begin('door', 600);
    const now = Date.now();
    store.history.record('192.0.2.1', 'door', { bancount: 4, timeofban: now, bantime: 600 });
    const committed = store.commit(
      step({
        bans: [made(banOf('192.0.2.1', now))],
        failures: [failureOf('192.0.2.2', 5, { time: now })],
        places: [{ jail: 'door', place: placeOf('/var/log/a', 40) }],
      }),
    );
    expect(store.history.find('192.0.2.1', 'door')?.bancount).toBe(4);
    expect(store.bans('door')).toMatchObject([{ who: { id: '192.0.2.1' }, bancount: 4 }]);
    expect(store.failuresSince('door', 0)).toHaveLength(1);
    expect(store.place('door', '/var/log/a')).toMatchObject({ offset: 40 });
    await committed;
    expect(store.history.find('192.0.2.1', undefined)?.bancount).toBe(4);
  });

  it('writes all that it was given before it closes', async () => {
    const store = await open();
    const commits = Array.from({ length: 50 }, (_, i) => store.commit(step({ failures: [failureOf('192.0.2.1', i)] })));
    await store.close();
    await Promise.all(commits);
    expect((await open()).failuresSince('door', 0)).toHaveLength(50);
  });

  it('reads on in the file that takes the place of one that was deleted', async () => {
    const store = await open();
    const now = Date.now();
    await store.commit(step({ bans: [made(banOf('192.0.2.1', now))] }));
    expect(store.bans('door')).toHaveLength(1);
    rmSync(trial.file);
    await store.commit(step({ bans: [made(banOf('192.0.2.2', now))] }));
    expect(store.bans('door')).toHaveLength(2);
    expect(trial.told.join('\n')).toMatch(/was deleted while f2b runs/);
  });
});
