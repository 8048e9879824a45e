import { describe, expect, it } from 'vitest';
import type { Ban } from '../jails/book/bans.js';
import { identifierOf } from '../jails/who/identifier.js';
import type { FilePlace } from '../sources/source.js';
import { Keeper } from './keeper.js';
import { openMemoryStore } from './memory.js';
import type { KeptFailure, Step } from './store.js';

const who = identifierOf('203.0.113.1');

function failure(offset: number, time = offset): KeptFailure {
  const origin = { log: '1:2:abc', offset };
  return { jail: 'door', who, time, matches: [], data: new Map(), origin, weight: 1 };
}

const ban: Ban = {
  who,
  time: 3,
  since: 3,
  bantime: 600,
  bancount: 1,
  failures: 3,
  matches: [],
  data: new Map(),
  restored: false,
};

const place: FilePlace = {
  kind: 'file',
  log: '/var/log/door.log',
  identity: '1:2',
  offset: 40,
  marker: '',
  head: '',
  firstLine: 'abc',
};

function trial() {
  const store = openMemoryStore();
  const steps: Step[] = [];
  const done: string[] = [];
  let broken = false;
  let retry = () => {};
  const told: string[] = [];
  const keeper = new Keeper(
    {
      ...store,
      commit(step) {
        if (broken) throw new Error('disk full');
        steps.push(step);
        done.push('committed');
        store.commit(step);
      },
    },
    {
      after: (_delay, then) => {
        retry = then;
        return () => {};
      },
    },
    {
      failed: (why, waiting, givenUp) => told.push(`${why} ${waiting} ${givenUp}`),
      recovered: () => told.push('recovered'),
    },
  );
  return {
    store,
    steps,
    done,
    told,
    keeper,
    breakStore: (is: boolean) => {
      broken = is;
    },
    retry: () => retry(),
  };
}

describe('what follows from a stretch of judging', () => {
  it('is one step, and its orders go out behind the commit', async () => {
    const { keeper, steps, done } = trial();
    for (const offset of [0, 20, 40]) keeper.failure(failure(offset));
    keeper.ban({ kind: 'made', jail: 'door', ban });
    keeper.after(() => done.push('ordered'));
    keeper.places([{ jail: 'door', place }]);
    expect(done).toEqual([]);
    await Promise.resolve();
    expect(done).toEqual(['committed', 'ordered']);
    expect(steps).toMatchObject([
      { failures: [{}, {}, {}], bans: [{ kind: 'made' }], places: [{ jail: 'door', place }] },
    ]);
  });

  it('is two steps where somebody fails again behind the ban: that failure still counts', async () => {
    const { keeper, steps, store } = trial();
    keeper.failure(failure(0, 3));
    keeper.ban({ kind: 'made', jail: 'door', ban });
    keeper.failure(failure(20, 3));
    await Promise.resolve();
    expect(steps).toHaveLength(2);
    expect(store.failuresSince('door', 0).map(({ spent }) => spent)).toEqual([true, false]);
  });
});

/** A store that answers each step when the test says so. */
function slowTrial() {
  const steps: Step[] = [];
  const answers: { readonly written: () => void; readonly refuse: () => void }[] = [];
  const done: string[] = [];
  let late = () => {};
  const store = {
    ...openMemoryStore(),
    commit(step: Step) {
      steps.push(step);
      return new Promise<void>((written, reject) => {
        answers.push({ written, refuse: () => reject(new Error('disk full')) });
      });
    },
  };
  const after = (_delay: number, then: () => void) => {
    late = then;
    return () => {};
  };
  const keeper = new Keeper(store, { after }, { failed() {}, recovered() {} });
  return { keeper, steps, answers, done, pass: () => late() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a store that answers later', () => {
  it('is offered a few steps at once; each order goes out behind its own, in order', async () => {
    const { keeper, steps, answers, done } = slowTrial();
    for (const offset of [0, 20, 40, 60]) {
      keeper.failure(failure(offset));
      keeper.after(() => done.push(`order ${offset}`));
      await turn();
    }
    expect(steps.map(({ failures }) => failures.length)).toEqual([1, 1]);
    expect(done).toEqual([]);
    answers[0]!.written();
    await turn();
    expect([done, steps.map(({ failures }) => failures.length)]).toEqual([['order 0'], [1, 1, 2]]);
    answers[1]!.written();
    answers[2]!.written();
    await keeper.settled();
    expect([done, keeper.waiting]).toEqual([['order 0', 'order 20', 'order 40', 'order 60'], 0]);
  });

  it('gets what it refused again, with all behind it and in the same order; no order waits for that', async () => {
    const { keeper, steps, answers, done, pass } = slowTrial();
    for (const offset of [0, 20]) {
      keeper.failure(failure(offset));
      keeper.after(() => done.push(`order ${offset}`));
      await turn();
    }
    for (const { refuse } of answers) refuse();
    await turn();
    expect([done, keeper.waiting]).toEqual([['order 0', 'order 20'], 2]);
    pass();
    expect(steps.map(({ failures }) => failures[0]?.origin?.offset)).toEqual([0, 20, 0, 20]);
    for (const { written } of answers) written();
    await keeper.settled();
    expect(keeper.waiting).toBe(0);
  });

  it('that does not answer holds up no order for long', async () => {
    const { keeper, done, pass } = slowTrial();
    for (const offset of [0, 20, 40, 60]) {
      keeper.failure(failure(offset));
      keeper.after(() => done.push(`order ${offset}`));
      await turn();
    }
    pass();
    expect(done).toEqual(['order 0', 'order 20', 'order 40', 'order 60']);
  });
});

describe('a store that fails', () => {
  it('holds up no order, and gets everything in its order when it works again', async () => {
    const { keeper, breakStore, done, retry, told, store } = trial();
    breakStore(true);
    keeper.failure(failure(0));
    keeper.ban({ kind: 'made', jail: 'door', ban });
    keeper.after(() => done.push('ordered'));
    await Promise.resolve();
    expect(done).toEqual(['ordered']);
    keeper.failure(failure(20));
    await Promise.resolve();
    retry();
    expect([keeper.waiting, told]).toEqual([3, ['disk full 2 0']]);
    breakStore(false);
    retry();
    expect([keeper.waiting, told]).toEqual([0, ['disk full 2 0', 'recovered']]);
    expect(store.failuresSince('door', 0).map(({ spent }) => spent)).toEqual([true, false]);
    expect(store.bans('door')).toHaveLength(1);
  });

  it('is not waited for with more than so much', async () => {
    const { keeper, breakStore, told } = trial();
    breakStore(true);
    for (let offset = 0; offset < 250_000; offset++) {
      keeper.failure(failure(offset));
      if (offset % 1000 === 0) await Promise.resolve();
    }
    keeper.flush();
    expect(keeper.waiting).toBeLessThanOrEqual(100_000);
    expect(told.some((line) => / [1-9]\d*$/.test(line))).toBe(true);
  });
});
