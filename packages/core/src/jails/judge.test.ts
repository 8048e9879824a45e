import { describe, expect, it } from 'vitest';
import type { Origin } from '../sources/source.js';
import { Book } from './book/book.js';
import type { Decision } from './decisions.js';
import { type BanHistory, incrementOf, MemoryBanHistory } from './growth/increment.js';
import { Judge } from './judge.js';
import type { Rules } from './rules.js';
import { formatLocalTime } from './when/duration.js';
import { Dns } from './who/dns.js';
import { identifierOf } from './who/identifier.js';
import { IgnoreList } from './who/ignore.js';

const start = 1_714_557_600_000;
const settings: Omit<Rules, 'ignore'> = {
  jail: 'j',
  maxretry: 3,
  findtime: 600,
  bantime: 600,
  maxmatches: 5,
  usedns: 'warn',
  increment: undefined,
  ignorecache: undefined,
  ignorecommand: false,
};

function judgeOf(
  more: Partial<Rules> = {},
  ignoreip: readonly string[] = [],
  history: BanHistory = new MemoryBanHistory(),
) {
  const lists = {
    stamp(): never {
      throw new Error('no lists here');
    },
    read: () => '',
  };
  const sources = { ownAddresses: () => ['192.0.2.254'], lists, dns: new Dns(async () => []), problem() {} };
  const ignore = new IgnoreList({ ignoreself: true, ignoreip }, sources);
  return new Judge({ ...settings, ignore, ...more }, new Book(), { history, random: () => 0 });
}

/** One failure `seconds` after the start, read at that moment unless `read` says later. */
function fail(
  judge: Judge,
  seconds: number,
  groups: Record<string, string> = { ip4: '203.0.113.9' },
  read = seconds,
  origin?: Origin,
) {
  return judge.line(
    {
      time: start + seconds * 1000,
      date: 'own',
      tuple: ['', formatLocalTime(start + seconds * 1000), ` failure ${seconds}`],
      groups: new Map(Object.entries(groups)),
    },
    { now: start + read * 1000, inOperation: false, origin },
  );
}

const told = (decisions: readonly Decision[]) =>
  decisions.map((decision) =>
    decision.kind === 'ask' ? `ask ${decision.question.kind}` : (decision.say?.message ?? decision.kind),
  );
const kinds = (decisions: readonly Decision[]) => decisions.map(({ kind }) => kind);

describe('counting up to a ban', () => {
  it('bans at exactly maxretry, and the count starts anew', () => {
    const judge = judgeOf();
    expect([0, 1, 2].map((second) => kinds(fail(judge, second)))).toEqual([['found'], ['found'], ['found', 'ban']]);
    expect(judge.counts).toEqual({ failed: 0, totalFailed: 3, banned: 1, totalBanned: 1 });
  });

  it('the ban carries what its action may ask for', () => {
    const judge = judgeOf({ maxretry: 2, maxmatches: 1 });
    fail(judge, 0);
    const ban = fail(judge, 1, { ip4: '203.0.113.9', user: 'root' }).find((decision) => decision.kind === 'ban');
    expect(ban).toMatchObject({
      ban: {
        failures: 2,
        bancount: 1,
        bantime: 600,
        matches: [expect.stringContaining('failure 1')],
        time: start + 1000,
      },
    });
    expect(ban?.kind === 'ban' && ban.ban.data.get('user')).toBe('root');
  });

  it('says what fail2ban says', () => {
    const judge = judgeOf({ maxretry: 1 });
    expect(told(fail(judge, 0))).toEqual([`[j] Found 203.0.113.9 - ${formatLocalTime(start)}`, '[j] Ban 203.0.113.9']);
    expect(told(fail(judge, 1, { ip4: '192.0.2.254' }))).toEqual(['[j] Ignore 192.0.2.254 by ignoreself rule']);
    expect(told(judge.unbans(start + 601_000))).toEqual(['[j] Unban 203.0.113.9']);
  });

  it('ids are counted each on its own, in whatever form they are written', () => {
    const judge = judgeOf({ maxretry: 2 });
    fail(judge, 0, { ip6: '2001:DB8::1' });
    expect(kinds(fail(judge, 0, { ip4: '203.0.113.9' }))).toEqual(['found']);
    expect(kinds(fail(judge, 0, { ip6: '2001:db8:0:0::1' }))).toEqual(['found', 'ban']);
  });
});

describe('bans', () => {
  it('run from the last failure, and end strictly behind their end', () => {
    const judge = judgeOf({ maxretry: 1, bantime: 10 });
    fail(judge, 0, undefined, 5);
    expect(judge.nextEnd()).toBe(start + 10_000);
    expect(judge.unbans(start + 10_000)).toEqual([]);
    expect(kinds(judge.unbans(start + 10_001))).toEqual(['unban']);
    expect(judge.nextEnd()).toBeUndefined();
  });

  it('that have run out before they begin are not set', () => {
    const judge = judgeOf({ maxretry: 1, bantime: 10 });
    expect(told(fail(judge, 0, undefined, 11)).at(-1)).toBe('[j] Ignore 203.0.113.9, expired bantime');
    expect(judge.counts.banned).toBe(0);
  });

  it('for ever never end', () => {
    const judge = judgeOf({ maxretry: 1, bantime: -1 });
    fail(judge, 0);
    expect([judge.nextEnd(), judge.unbans(Number.MAX_SAFE_INTEGER)]).toEqual([undefined, []]);
  });

  it('of somebody banned already are prolonged, and the old end is no end', () => {
    const judge = judgeOf({ maxretry: 1, bantime: 100 });
    fail(judge, 0);
    const again = fail(judge, 50);
    expect(kinds(again)).toEqual(['found', 'already', 'prolong']);
    expect(judge.unbans(start + 120_000)).toEqual([]);
    expect(kinds(judge.unbans(start + 150_001))).toEqual(['unban']);
  });

  it('already there are the louder mentioned the older they are', () => {
    const judge = judgeOf({ maxretry: 1 });
    fail(judge, 0);
    const level = (second: number) => {
      const already = fail(judge, second).find((decision) => decision.kind === 'already');
      return already?.kind === 'already' ? already.say.level : undefined;
    };
    expect([level(1), level(30), level(90)]).toEqual(['DEBUG', 'NOTICE', 'WARNING']);
  });

  it('come off by hand under any spelling, and again', () => {
    const judge = judgeOf({ maxretry: 1 });
    fail(judge, 0, { ip6: '2001:db8::1' });
    expect(kinds(judge.unban('2001:DB8:0::1'))).toEqual(['unban']);
    expect(kinds(judge.unban('2001:db8::1'))).toEqual(['forget']);
    expect(kinds(fail(judge, 1, { ip6: '2001:db8::1' }))).toEqual(['found', 'ban']);
    expect(judge.unbans(start + 600_500)).toEqual([]);
    expect(kinds(judge.unbans(start + 601_001))).toEqual(['unban']);
  });

  it('of many who come and go leave nothing behind', () => {
    const judge = judgeOf({ maxretry: 1, bantime: 1000 });
    for (let round = 0; round < 2000; round++) {
      judge.ban('203.0.113.9', start + round);
      judge.unban('203.0.113.9');
    }
    judge.ban('203.0.113.9', start);
    expect(judge.unbans(start + 10_000_000)).toHaveLength(1);
  });

  it('are restored with their end and one more count, unless ignored or over', () => {
    const judge = judgeOf({}, ['198.51.100.0/24']);
    const ban = (id: string, bantime: number) => ({
      who: { id, ip: id, family: 'inet4' as const },
      time: start,
      bantime,
      bancount: 4,
      failures: 3,
      matches: [],
      data: new Map(),
    });
    expect(told(judge.restore(ban('203.0.113.9', 600), start + 1000))).toEqual(['[j] Restore Ban 203.0.113.9']);
    expect(judge.bans.find(({ who }) => who.id === '203.0.113.9')).toMatchObject({
      bancount: 5,
      restored: true,
      bantime: 600,
    });
    expect(kinds(judge.restore(ban('198.51.100.1', 600), start))).toEqual(['ignored']);
    expect(judge.restore(ban('203.0.113.8', 1), start + 5000)).toEqual([]);
  });
});

describe('growing bans', () => {
  const increment = incrementOf({
    factor: 1,
    formula: undefined,
    multipliers: [],
    maxtime: undefined,
    rndtime: undefined,
    overalljails: false,
  });

  it('double each time, and the order to the firewall has the grown time from the start', () => {
    const judge = judgeOf({ maxretry: 1, bantime: 3, increment });
    const times: number[] = [];
    for (let second = 0; second < 500; second += 100) {
      const ban = fail(judge, second).find((decision) => decision.kind === 'ban');
      if (ban?.kind === 'ban') times.push(ban.ban.bantime);
      judge.unbans(start + second * 1000 + 99_000);
    }
    expect(times).toEqual([3, 6, 12, 24, 48]);
  });

  it('known bad ones reach maxretry sooner', () => {
    const judge = judgeOf({ maxretry: 3, bantime: 3, increment });
    for (const second of [0, 1, 2]) fail(judge, second);
    judge.unbans(start + 10_000);
    const first = fail(judge, 20);
    expect(kinds(first)).toEqual(['found', 'note']);
    expect(told(first)[1]).toMatch(/^\[j\] Found 203\.0\.113\.9, bad - .*, 1 # -> 2$/);
    const second = fail(judge, 21);
    expect(kinds(second)).toContain('ban');
    expect(told(second).join('\n')).toMatch(/Increase Ban 203\.0\.113\.9 \(2 # 6s -> /);
  });

  it('a ban time given by hand does not grow', () => {
    const judge = judgeOf({ increment });
    judge.ban('203.0.113.9', start, 60);
    judge.unbans(start + 100_000);
    judge.ban('203.0.113.9', start + 200_000, 60);
    expect(judge.bans.find(({ who }) => who.id === '203.0.113.9')?.bantime).toBe(60);
  });
});

describe('what the judge cannot know', () => {
  it('a host name is asked for, and every address of it fails', () => {
    const judge = judgeOf({ maxretry: 1 });
    const [asked] = fail(judge, 0, { dns: 'attacker.example' });
    if (asked?.kind !== 'ask' || asked.question.kind !== 'lookup') throw new Error('no question');
    const decisions = judge.resolved(asked.question, ['203.0.113.1', '::ffff:203.0.113.2'], start);
    expect(told(decisions).filter((text) => text.includes('] Ban'))).toEqual([
      '[j] Ban 203.0.113.1',
      '[j] Ban 203.0.113.2',
    ]);
  });

  it('what was counted before a crash is not counted again, though the answer to a later line comes first', () => {
    const judge = judgeOf();
    const origin = (offset: number) => ({ log: '1:2@3:abc', offset });
    const before = { time: start, matches: [], data: new Map(), weight: 1, spent: false };
    judge.remember([{ ...before, who: identifierOf('203.0.113.1'), origin: origin(100) }]);
    const [first, second] = [100, 200].map((offset) => {
      const groups = { dns: `line-${offset}.example` };
      const [asked] = fail(judge, 0, groups, 0, origin(offset));
      if (asked?.kind !== 'ask' || asked.question.kind !== 'lookup') throw new Error('no question');
      return asked.question;
    });
    const found = (question: typeof first, address: string) =>
      kinds(judge.resolved(question!, [address], start)).filter((kind) => kind === 'found');
    expect(found(second, '203.0.113.1')).toEqual(['found']);
    expect(found(first, '203.0.113.1')).toEqual([]);
    // A name may have got another address meanwhile.
    expect(found(first, '203.0.113.2')).toEqual(['found']);
  });

  it('ignorecommand is asked once per key while its answer is fresh', () => {
    const judge = judgeOf({ ignorecommand: true, ignorecache: { key: '<ip>', maxCount: 10, maxTime: 60_000 } });
    const [asked] = fail(judge, 0);
    if (asked?.kind !== 'ask' || asked.question.kind !== 'ignorecommand') throw new Error('no question');
    expect(kinds(judge.answered(asked.question, true, start))).toEqual(['ignored']);
    expect(told(fail(judge, 1))).toEqual(['[j] Ignore 203.0.113.9 by command']);
    expect(kinds(fail(judge, 100))).toEqual(['ask']);
  });
});

it('an attempt by hand weighs as many failures as it has matches, and respects the ignore list', () => {
  const judge = judgeOf({ maxretry: 3 }, ['198.51.100.1']);
  expect(judge.attempt('198.51.100.1', [], start).ignored).toBe(true);
  expect(kinds(judge.attempt('203.0.113.9', ['a', 'b', 'c'], start).decisions)).toEqual(['found', 'ban']);
});

it('what the books keep does not keep the block alive that it was cut from', () => {
  const judge = judgeOf({ maxretry: 1000, maxmatches: 1 });
  const block = 'x'.repeat(1_000_000);
  const line = `${block} from 203.0.113.9`.slice(-40);
  judge.line(
    { time: start, date: 'own', tuple: ['', '', line], groups: new Map([['ip4', line.slice(-11)]]) },
    { now: start, inOperation: true },
  );
  expect(judge.counts.failed).toBe(1);
});
