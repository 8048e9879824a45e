import type { EpochMs } from '@f2b/config';
import type { Groups, GroupValue } from '@f2b/matcher';
import type { CountedFailure } from '../../jails/book/failures.js';
import { identifierOf } from '../../jails/who/identifier.js';
import type { BanChange, KeptFailure, Step } from '../store.js';
import { groupsToJson, keptMatches } from './tickets.js';

/** What one step says of one jail, as it stands in a row: its failures, and whose failures until then no longer count. */
export interface FailureStep {
  /** Identities of logs, which failures name by their number. */
  readonly logs: readonly string[];
  readonly failures: readonly FailureCells[];
  readonly spent: readonly string[];
}

/** Log, offset, whom, their address where it is another text, time, weight, matches, groups. By hand: no log. */
type FailureCells = readonly [
  log: number | null,
  offset: number,
  id: string,
  ip: string | null,
  time: EpochMs,
  weight: number,
  matches: readonly string[],
  groups: Readonly<Record<string, GroupValue>>,
];

/** What a step says of each jail. */
export function failureSteps({ failures, bans }: Step, maxMatches: number): Map<string, FailureStep> {
  const drafts = new Map<string, { logs: string[]; failures: FailureCells[]; spent: string[] }>();
  const of = (jail: string) => {
    const known = drafts.get(jail) ?? { logs: [], failures: [], spent: [] };
    drafts.set(jail, known);
    return known;
  };
  for (const failure of failures) {
    const draft = of(failure.jail);
    draft.failures.push(cellsOf(failure, draft.logs, maxMatches));
  }
  for (const change of bans) {
    const id = spentBy(change);
    if (id !== undefined) of(change.jail).spent.push(id);
  }
  return drafts;
}

function spentBy(change: BanChange): string | undefined {
  if (change.kind === 'made') return change.ban.who.id;
  return change.kind === 'lifted' || change.kind === 'spent' ? change.id : undefined;
}

function cellsOf(
  { origin, who, time, weight, matches, data }: KeptFailure,
  logs: string[],
  most: number,
): FailureCells {
  const ip = who.ip === who.id ? null : who.ip;
  const rest = [who.id, ip, time, weight, keptMatches(matches, most), groupsToJson(data)] as const;
  if (origin === undefined) return [null, 0, ...rest];
  // A step is a stretch of one log, or of few.
  let log = logs.lastIndexOf(origin.log);
  if (log < 0) log = logs.push(origin.log) - 1;
  return [log, origin.offset, ...rest];
}

/**
 * The failures of a jail, made of its steps from the last to the first: so it is known whose no longer count.
 * @param since what happened before is left out
 * @param most so many at most, the latest
 */
export function readFailureSteps(
  steps: Iterable<FailureStep>,
  since: EpochMs,
  most: number,
): readonly CountedFailure[] {
  const spent = new Set<string>();
  const known = new Map<string, CountedFailure>();
  let byHand = 0;
  for (const step of steps) {
    for (const id of step.spent) spent.add(id);
    for (let at = step.failures.length - 1; at >= 0; at--) {
      const [log, offset, id, ip, time, weight, matches, groups] = step.failures[at]!;
      if (time < since) continue;
      const identity = log === null ? undefined : step.logs[log];
      const key = identity === undefined ? `${byHand++}` : `${identity}\u0000${offset}\u0000${id}`;
      const origin = identity === undefined ? undefined : { log: identity, offset };
      const data: Groups = new Map(Object.entries(groups));
      const plain = identifierOf(id);
      const who = ip === null ? plain : { ...plain, ip, family: identifierOf(ip).family };
      known.set(key, { who, time, weight, matches, data, origin, spent: spent.has(id) });
      if (known.size >= most) return oldestFirst(known);
    }
  }
  return oldestFirst(known);
}

function oldestFirst(known: ReadonlyMap<string, CountedFailure>): readonly CountedFailure[] {
  return [...known.values()].reverse().sort((a, b) => a.time - b.time);
}
