import { type Firewall, FirewallError, type Order, type Outcome } from '@f2b/firewall';
import { expect, it } from 'vitest';
import type { Ban } from '../jails/book/bans.js';
import { identifierOf } from '../jails/who/identifier.js';
import { Enforcer } from './enforcer.js';

/** A clock that stands still until it is moved. */
class HandClock {
  time = 0;
  #waiting: { at: number; then: () => void }[] = [];
  now = () => this.time;
  elapsed = () => this.time;
  pause = async () => {};
  after = (delay: number, then: () => void) => {
    const entry = { at: this.time + delay, then };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== entry);
    };
  };
  move(to: number): void {
    this.time = to;
    const due = this.#waiting.filter(({ at }) => at <= to);
    this.#waiting = this.#waiting.filter(({ at }) => at > to);
    for (const { then } of due) then();
  }
  get delays() {
    return this.#waiting.map(({ at }) => at - this.time);
  }
}

function trial(verdict: (order: Order, nth: number) => boolean) {
  const orders: Order[] = [];
  const failed: (number | undefined)[] = [];
  const enforced: string[] = [];
  let checks = 0;
  const clock = new HandClock();
  const firewall: Pick<Firewall, 'submit' | 'check'> = {
    async submit(order): Promise<readonly Outcome[]> {
      orders.push(order);
      const { jail, kind, ticket } = order;
      const ok = verdict(order, orders.length);
      return [
        {
          jail,
          kind,
          id: ticket.id,
          action: 'a',
          ok,
          error: ok ? undefined : new FirewallError('F2B_ACTION_FAILED', 'no'),
        },
      ];
    },
    async check() {
      checks++;
      return [];
    },
  };
  const enforcer = new Enforcer(firewall as Firewall, clock, {
    enforced: (_jail, id) => enforced.push(id),
    failed: (_outcome, retryIn) => failed.push(retryIn),
  });
  return {
    enforcer,
    orders,
    failed,
    enforced,
    clock,
    checks: () => checks,
    kinds: () => orders.map(({ kind }) => kind),
  };
}

function ban(id = '203.0.113.9', since = 0): Ban {
  const data = new Map([['user', 'root']]);
  return {
    who: identifierOf(id),
    time: 0,
    since,
    bantime: 600,
    bancount: 1,
    failures: 3,
    matches: ['line'],
    data,
    restored: false,
  };
}

it('a ban that fails is tried at growing intervals until it holds', async () => {
  const { enforcer, clock, failed, enforced, orders } = trial((_order, nth) => nth > 3);
  enforcer.ban('j', ban());
  await enforcer.idle();
  for (const wait of [1000, 2000, 4000]) {
    expect(clock.delays).toEqual([wait]);
    clock.move(clock.time + wait);
    await enforcer.idle();
  }
  expect([orders.length, failed, enforced, enforcer.open]).toEqual([4, [1000, 2000, 4000], ['203.0.113.9'], 0]);
});

it('only the actions that failed are tried again', async () => {
  const { enforcer, clock, orders } = trial((_order, nth) => nth > 1);
  enforcer.ban('j', ban());
  await enforcer.idle();
  clock.move(1000);
  await enforcer.idle();
  expect(orders.map(({ actions }) => actions)).toEqual([undefined, ['a']]);
});

it('the interval stays bearable however long it fails', async () => {
  const { enforcer, clock } = trial(() => false);
  enforcer.ban('j', ban());
  await enforcer.idle();
  for (let i = 0; i < 20; i++) {
    clock.move(clock.time + clock.delays[0]!);
    await enforcer.idle();
  }
  expect(clock.delays).toEqual([300_000]);
});

it('an unban ends the tries, and is never overtaken by one', async () => {
  const { enforcer, clock, kinds } = trial(({ kind }) => kind !== 'ban');
  enforcer.ban('j', ban());
  await enforcer.idle();
  enforcer.unban('j', ban());
  await enforcer.idle();
  clock.move(1_000_000);
  await enforcer.idle();
  expect(kinds()).toEqual(['ban', 'unban']);
});

it('an unban while a try is under way leaves no try behind', async () => {
  const { enforcer, clock, kinds } = trial(({ kind }) => kind !== 'ban');
  enforcer.ban('j', ban());
  enforcer.unban('j', ban());
  await enforcer.idle();
  clock.move(1_000_000);
  await enforcer.idle();
  expect(kinds()).toEqual(['ban', 'unban']);
  expect(enforcer.open).toBe(0);
});

it('a new ban after an unban is a new order, with tries of its own', async () => {
  const { enforcer, clock, kinds, enforced } = trial((_order, nth) => nth !== 1 && nth !== 3);
  enforcer.ban('j', ban());
  enforcer.unban('j', ban());
  enforcer.ban('j', ban());
  await enforcer.idle();
  clock.move(1000);
  await enforcer.idle();
  expect(kinds()).toEqual(['ban', 'unban', 'ban', 'ban']);
  expect(enforced).toEqual(['203.0.113.9']);
});

it('doubt has the firewall checked, but not by lines that were on their way, and not all the time', async () => {
  const { enforcer, checks } = trial(() => true);
  enforcer.doubt(ban(), 2000);
  expect(checks()).toBe(0);
  for (const now of [4000, 4500, 6900]) enforcer.doubt(ban(), now);
  expect(checks()).toBe(1);
  enforcer.doubt(ban(), 7000);
  expect(checks()).toBe(2);
  await enforcer.idle();
});

it('the ticket holds what an action may ask for, and hostile group names are only names', async () => {
  const { enforcer, orders } = trial(() => true);
  const data = new Map<string, string | readonly (string | null)[]>([
    ['__proto__', 'x'],
    ['fid', ['a', null]],
  ]);
  enforcer.ban('j', { ...ban('2001:DB8::1'), data });
  await enforcer.idle();
  const { ticket } = orders[0]!;
  expect(ticket).toMatchObject({ id: '2001:db8::1', family: 'inet6', bantime: 600, failures: 3, matches: ['line'] });
  expect(Object.keys(ticket.data)).toEqual(['__proto__', 'fid']);
  expect(ticket.data.fid).toEqual(['a', '']);
});

it('a ban in force is made at a new action alone, and is nothing new to it', async () => {
  const { enforcer, orders } = trial(() => true);
  enforcer.ban('j', ban());
  await enforcer.idle();
  enforcer.extend('j', ban(), ['new']);
  await enforcer.idle();
  expect(orders.map(({ actions, ticket }) => [actions, ticket.restored])).toEqual([
    [undefined, false],
    [['new'], true],
  ]);
  expect(enforcer.open).toBe(0);
});

it('a ban that waits for its next try is tried at a new action too, and at once', async () => {
  const { enforcer, clock, orders } = trial((_order, nth) => nth > 1);
  enforcer.ban('j', ban());
  await enforcer.idle();
  enforcer.extend('j', ban(), ['new']);
  await enforcer.idle();
  expect(orders.map(({ actions }) => actions)).toEqual([undefined, ['a', 'new']]);
  expect(clock.delays).toEqual([]);
});

it('a ban under way when an action comes reaches that one next, and the old ones only where it failed', async () => {
  for (const fails of [false, true]) {
    const { enforcer, orders } = trial((_order, nth) => !fails || nth > 1);
    enforcer.ban('j', ban());
    enforcer.extend('j', ban(), ['new']);
    await enforcer.idle();
    expect(orders.map(({ actions }) => actions)).toEqual([undefined, fails ? ['a', 'new'] : ['new']]);
    expect(enforcer.open).toBe(0);
  }
});
