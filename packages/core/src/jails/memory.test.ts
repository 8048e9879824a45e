import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Book } from './book/book.js';
import { defaultRoomBounds, Room } from './book/room.js';
import { MemoryBanHistory } from './growth/increment.js';
import { Judge } from './judge.js';
import { Dns } from './who/dns.js';
import { IgnoreList } from './who/ignore.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Megabytes of memory that are still in use after `work`, beyond those before it; what `work` returns is among them. */
function megabytesKept(work: () => unknown): number {
  const inUse = () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1e6;
  };
  const before = inUse();
  const kept = work();
  const after = inUse();
  // Named behind the measuring, so that it is there while it is measured.
  void kept;
  return after - before;
}

function newJudge(): Judge {
  const lists = { stamp: () => undefined as never, read: () => '' };
  const ignore = new IgnoreList(
    { ignoreself: false, ignoreip: ['127.0.0.1/8'] },
    { ownAddresses: () => [], lists, dns: new Dns(async () => []), problem() {} },
  );
  const settings = { jail: 'j', maxretry: 5, findtime: 600, bantime: 600, maxmatches: 5, usedns: 'warn' as const };
  return new Judge(
    { ...settings, ignore, increment: undefined, ignorecache: undefined, ignorecommand: false },
    new Book(new Room({ ...defaultRoomBounds, tracked: 100_000 })),
    { history: new MemoryBanHistory(), random: () => 0 },
  );
}

const now = 1_714_557_600_000;

it('what the judge keeps of a line does not keep the block alive that the line was cut from', () => {
  const kept = megabytesKept(() => {
    const judge = newJudge();
    for (let block = 0; block < 300; block++) {
      const user = `a user with a long name, number ${block}`;
      const text = Buffer.alloc(
        1_000_000,
        `10:00:00 Failed password for ${user} from 198.51.100.${block % 200} `,
      ).toString();
      const cut = (length: number) => text.slice(9, 9 + length);
      judge.line(
        {
          time: now,
          date: 'own',
          tuple: block % 2 === 0 ? [text.slice(0, 1), text.slice(1, 9), cut(80)] : ['', '', cut(80)],
          groups: new Map([
            ['ip4', `198.51.100.${block % 200}`],
            ['user', text.slice(29, 29 + user.length)],
          ]),
        },
        { now, inOperation: true },
      );
    }
    expect(judge.counts.failed).toBe(200);
    return judge;
  });
  expect(kept).toBeLessThan(20);
});

it('a flood from ever new addresses costs bounded memory, and what was given up for it is counted and told', () => {
  const warnings: string[] = [];
  const kept = megabytesKept(() => {
    const judge = newJudge();
    for (let line = 0; line < 220_000; line++) {
      const ip6 = `2001:db8:${(line >> 16).toString(16)}:${(line & 0xffff).toString(16)}::1`;
      const decisions = judge.line(
        {
          time: now,
          date: 'own',
          tuple: [
            '',
            '10:00:00',
            ` gw sshd[${line}]: Failed password for invalid user admin from ${ip6} port 4242 ssh2`,
          ],
          groups: new Map([
            ['ip6', ip6],
            ['user', 'admin'],
            ['mlfid', ` gw sshd[${line}]: `],
          ]),
        },
        { now: now + line / 4, inOperation: true },
      );
      for (const decision of decisions) if (decision.kind === 'note') warnings.push(decision.say.message);
    }
    expect(judge.counts.totalFailed).toBe(220_000);
    expect(judge.counts.failed).toBeLessThanOrEqual(100_000);
    return judge;
  });
  expect(kept).toBeLessThan(80);
  expect(warnings[0]).toMatch(/Too many identifiers fail at once: \d+ of the oldest were forgotten uncounted/);
  // Told when it begins and whenever it has doubled: a flood must not fill the log with that.
  expect(warnings.length).toBeLessThan(20);
});
