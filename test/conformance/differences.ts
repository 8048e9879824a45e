/** Where f2b means to judge a line differently from the installed fail2ban. Each rule is named, and explained in the documentation. */
import type { Fail2banAnswer } from './fail2ban-process.js';
import type { LineJudge } from './line-judge.js';

interface Judged {
  readonly regex: number;
  readonly id: string | null;
  readonly time: number | null;
  readonly groups: Readonly<Record<string, unknown>>;
  readonly matches: readonly string[];
}

export interface Difference {
  readonly answer: Fail2banAnswer;
  readonly theirs: readonly Judged[];
  readonly ours: readonly Judged[];
  readonly judge: LineJudge;
}

const withoutMatches = (failures: readonly Judged[]): string =>
  JSON.stringify(failures.map(({ matches: _, ...rest }) => rest));

/** The rule that explains a difference; undefined: it is a mistake. */
export function explained({ answer, theirs, ours, judge }: Difference): string | undefined {
  if (answer.error?.startsWith('KeyError') === true) {
    return 'a word that looks like a time zone and is none: fail2ban fails on the line';
  }
  if (answer.error?.startsWith('TooSlow') === true) return 'fail2ban needs more than a second for the line';
  // fail2ban 1.0.2 wants something beside the two colons; since 1.1 one colon may begin an address, as in f2b.
  const colons = ours.every(({ groups }) => /^:(?!:)|^::$|:::/.test(String(groups.ip6 ?? '')));
  const theirColons = theirs.every(({ groups }) => /^:/.test(String(groups.ip6 ?? '')));
  if (ours.length > 0 && colons && theirColons) return 'addresses that are `::` or hold a single colon: since 1.1';
  if (judge.filter.maxlines > 1 && withoutMatches(theirs) === withoutMatches(ours)) {
    const skipped = ours.map(({ groups }) => String(groups.skiplines0 ?? '')).join('');
    if (/[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]/.test(skipped)) {
      return 'a line that <SKIPLINES> passed over holds a line separator other than the newline: fail2ban takes it for part of the failure';
    }
    const filled = (failures: readonly Judged[]) =>
      JSON.stringify(failures.map(({ matches }) => matches.filter((line) => line !== '')));
    if (filled(theirs) === filled(ours))
      return 'an empty line that belongs to a match of several: fail2ban leaves it out';
    const lengths = (failures: readonly Judged[]) => failures.map(({ matches }) => matches.length).join();
    if (skipped !== '' && lengths(theirs) === lengths(ours)) {
      return 'of lines equal but for their dates fail2ban takes out the first for the one that <SKIPLINES> passed over';
    }
  }
  return undefined;
}
