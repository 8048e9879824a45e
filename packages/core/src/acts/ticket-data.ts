import type { Groups } from '@f2b/matcher';

/** Captured groups as the tags of an action see them. A part that took no part is empty. */
export function dataOf(groups: Groups): Readonly<Record<string, string | readonly string[]>> {
  const data: Record<string, string | readonly string[]> = Object.create(null);
  for (const [name, value] of groups) {
    data[name] = typeof value === 'string' ? value : value.map((part) => part ?? '');
  }
  return data;
}
