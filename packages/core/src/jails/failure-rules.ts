import type { Seconds, VoiceMessage } from '@f2b/config';
import type { Groups, LineTuple, Usedns } from '@f2b/matcher';
import { detachedGroups, wholeLine } from './book/detached.js';
import type { FailureRules, MatchedLine } from './failure.js';
import { timeAsWritten } from './when/as-written.js';
import type { LineTime } from './when/time.js';

/** What the guard's rules are made of. */
export interface GuardRuleParts {
  readonly usedns: Usedns;
  readonly findtime: Seconds;
  readonly time: LineTime;
  /** Takes warnings about odd dates; each kind comes at most once a day. */
  warn(message: VoiceMessage): void;
}

/** The guard's: old lines are dropped, dates far from the present mistrusted, and nothing that is kept holds a block of the log. */
export function guardRules({ usedns, findtime, time, warn }: GuardRuleParts): FailureRules<string> {
  return {
    usedns,
    kept: detachedGroups,
    take(line, reading) {
      const timed = time.of(line, reading, findtime, warn);
      if (timed === undefined) return undefined;
      return { time: timed.time, lines: line.lines?.map(wholeLine) ?? [wholeLine(timed.tuple)] };
    },
  };
}

export interface TestRuleOptions {
  readonly usedns: Usedns;
  /** Whether a failure is to name all lines of its session. */
  readonly keepsLines: boolean;
  readonly mostSessions?: number | undefined;
}

/** Those of a test, which are fail2ban-regex's: no line is too old, and a line without any date passes. */
export function testRules({ usedns, keepsLines, mostSessions }: TestRuleOptions): FailureRules<LineTuple> {
  return {
    usedns,
    ...(mostSessions === undefined ? {} : { mostSessions }),
    kept: (groups: Groups) => groups,
    take(line, { now }) {
      const { time, text } = timeAsWritten(line, now);
      return { time, lines: keepsLines ? (line.lines ?? [datedTuple(line, text)]) : noLines };
    },
  };
}

const noLines: readonly LineTuple[] = [];

/** A reused date stands in front of the line. */
function datedTuple({ tuple }: MatchedLine, reused: string | undefined): LineTuple {
  return reused === undefined ? tuple : ['', reused, tuple.join('')];
}
