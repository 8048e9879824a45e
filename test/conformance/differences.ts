/** Where f2b means to judge a line differently from the installed fail2ban. Each rule is named, and explained in the documentation. */
import type { Fail2banAnswer } from './fail2ban-process.js';
import type { LineJudge } from './line-judge.js';

interface Judged {
  readonly id: string | null;
  readonly time: number | null;
  readonly groups: Readonly<Record<string, unknown>>;
}

export interface Difference {
  readonly text: string;
  readonly answer: Fail2banAnswer;
  readonly theirs: readonly Judged[];
  readonly ours: readonly Judged[];
  readonly judge: LineJudge;
}

/** The rule that explains a difference; undefined: it is a mistake. */
export function explained({ answer, theirs, ours }: Difference): string | undefined {
  // A word that looks like a zone and is none costs fail2ban the line.
  if (answer.error?.startsWith('KeyError') === true) return 'unknown zone name: fail2ban drops the line';
  if (answer.error?.startsWith('TooSlow') === true) return 'a line that fail2ban needs more than a second for';
  // fail2ban 1.0.2 wants something beside the two colons, later versions and f2b do not.
  if (theirs.length === 0 && ours.length > 0 && ours.every(({ groups }) => groups.ip6 === '::')) {
    return 'the address `::` alone, which fail2ban takes since 1.1';
  }
  return undefined;
}
