import type { GroupValue } from '@f2b/matcher';
import { printableJson } from '../../../printable.js';
import type { Found } from './verdict.js';

/** One failure as `--out json` prints it. */
export function failureJson(found: Found, line: number, nofail: boolean): string {
  const { regex, id, parts, time, groups } = found;
  return printableJson({
    line,
    regex: regex + 1,
    id: parts ?? id ?? null,
    time: Number.isNaN(time) ? null : Math.round(time * 1000) / 1_000_000,
    nofail,
    data: dataOf(groups),
  });
}

/** A null prototype would not matter here, but names such as `__proto__` must stay data. */
function dataOf(groups: ReadonlyMap<string, GroupValue>): Record<string, GroupValue> {
  return Object.fromEntries(groups);
}
