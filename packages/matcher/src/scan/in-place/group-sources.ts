import type { GroupPlan } from '../../filter/groups.js';

/** Where a group's text may come from. */
export interface GroupSource {
  readonly name: string;
  /** Group of prefregex, -1: it has none of this name. */
  readonly before: number;
  /** Group of the failregex, -1: it has none of this name. */
  readonly own: number;
  /** Groups of the failregex that stand in for this one (`alt_…`), the first that holds something. */
  readonly alternatives: readonly number[];
}

/**
 * The groups of a match, in the order in which a failure shows them: the same choice as `addGroups` makes among texts.
 * @returns undefined where groups are combined in a way that places in a line cannot say
 */
export function groupSources(prefregex: GroupPlan | undefined, failregex: GroupPlan): GroupSource[] | undefined {
  if (failregex.tuples.length > 0) return undefined;
  if (prefregex !== undefined && (prefregex.tuples.length > 0 || prefregex.alternatives.length > 0)) return undefined;
  const sources = new Map<string, GroupSource>();
  for (const { name, index } of prefregex?.named ?? []) {
    if (name !== 'content') sources.set(name, { name, before: index, own: -1, alternatives: [] });
  }
  for (const { name, index } of failregex.named) {
    sources.set(name, { name, before: sources.get(name)?.before ?? -1, own: index, alternatives: [] });
  }
  const indexOf = new Map(failregex.named.map(({ name, index }) => [name, index]));
  for (const { target, source } of failregex.alternatives) {
    const known = sources.get(target) ?? { name: target, before: -1, own: -1, alternatives: [] };
    sources.set(target, { ...known, alternatives: [...known.alternatives, indexOf.get(source)!] });
  }
  return [...sources.values()];
}
