import type { RegexMatch } from '../engines/engine.js';

/** What one group holds; a list where `tuple_…` groups combined several. */
export type GroupValue = string | readonly (string | null)[];

/** The groups that took part in a match, by name. */
export type Groups = ReadonlyMap<string, GroupValue>;

/** How the groups of one expression become the data of a failure; worked out once when the expression is compiled. */
export interface GroupPlan {
  readonly named: readonly { readonly name: string; readonly index: number }[];
  readonly alternatives: readonly { readonly target: string; readonly source: string }[];
  readonly tuples: readonly { readonly target: string; readonly sources: readonly string[] }[];
}

/** `alt_user_2` -> `user`; only `_` and digits at the end belong to the marker, so `alt_user1` is a source of `user1`. */
function targetOf(name: string, marker: string): string {
  const bare = name.slice(marker.length);
  let end = bare.length;
  while (end > 0 && bare.charCodeAt(end - 1) >= 0x30 && bare.charCodeAt(end - 1) <= 0x39) end--;
  return end > 1 && end < bare.length && bare[end - 1] === '_' ? bare.slice(0, end - 1) : bare;
}

export function planGroups(groupNames: readonly (string | undefined)[]): GroupPlan {
  const named = groupNames.flatMap((name, index) => (name === undefined || index === 0 ? [] : [{ name, index }]));
  const sorted = named.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1));
  const alternatives = sorted
    .filter((name) => name.startsWith('alt_'))
    .map((source) => ({ target: targetOf(source, 'alt_'), source }));
  const tuples = new Map<string, string[]>();
  for (const name of sorted.filter((one) => one.startsWith('tuple_'))) {
    const target = targetOf(name, 'tuple_');
    tuples.set(target, [...(tuples.get(target) ?? []), name]);
  }
  return { named, alternatives, tuples: [...tuples].map(([target, sources]) => ({ target, sources })) };
}

/**
 * Adds the groups of one match to `into`. A group that took part replaces an earlier one of that name, even when it is empty.
 * `alt_X` fills a missing or empty X with the first non-empty alternative in alphabetical order; `tuple_X` combines X and its parts.
 */
export function addGroups(plan: GroupPlan, match: RegexMatch, into: Map<string, GroupValue>): void {
  if (plan.alternatives.length === 0 && plan.tuples.length === 0) {
    for (const { name, index } of plan.named) {
      const value = match.group(index);
      if (value !== undefined) into.set(name, value);
    }
    return;
  }
  const own = new Map<string, GroupValue>();
  for (const { name, index } of plan.named) {
    const value = match.group(index);
    if (value !== undefined) own.set(name, value);
  }
  for (const { target, source } of plan.alternatives) {
    const value = own.get(source);
    if ((own.get(target) ?? '') === '' && value !== undefined && value !== '') own.set(target, value);
  }
  for (const { target, sources } of plan.tuples) {
    const parts = [target, ...sources].map((name) => {
      const value = own.get(name);
      return typeof value === 'string' ? value : null;
    });
    own.set(target, parts);
  }
  // In the order of the expression, also those that another group filled.
  for (const { name } of plan.named) {
    const value = own.get(name);
    if (value !== undefined) into.set(name, value);
  }
  for (const [name, value] of own) into.set(name, value);
}
