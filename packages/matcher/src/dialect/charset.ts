/** Sets of code points: sorted, disjoint, non-adjacent ranges, flat `[lo0, hi0, lo1, hi1, …]`, both ends included. */
export interface CharSet {
  readonly ranges: readonly number[];
}

export const lastCodePoint = 0x10ffff;

export const noCharacter: CharSet = { ranges: [] };
export const everyCharacter: CharSet = { ranges: [0, lastCodePoint] };

/** Expressions consist of these: one object for each, so that what is worked out about it is worked out once. */
const singles: (CharSet | undefined)[] = [];

/** The set of one code point. */
export function single(codePoint: number): CharSet {
  if (codePoint > 0xff) return { ranges: [codePoint, codePoint] };
  singles[codePoint] ??= { ranges: [codePoint, codePoint] };
  return singles[codePoint];
}

/** The set from `lo` to `hi`, both included. */
export function range(lo: number, hi: number): CharSet {
  return { ranges: [lo, hi] };
}

/** Any ranges in any order, overlapping or not, as a set. */
export function fromRanges(pairs: readonly (readonly [number, number])[]): CharSet {
  const sorted = pairs.filter(([lo, hi]) => lo <= hi).sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [lo, hi] of sorted) {
    const last = out.length - 1;
    if (last > 0 && lo <= out[last]! + 1) out[last] = Math.max(out[last]!, hi);
    else out.push(lo, hi);
  }
  return { ranges: out };
}

function pairs(set: CharSet): [number, number][] {
  const out: [number, number][] = [];
  for (let i = 0; i < set.ranges.length; i += 2) out.push([set.ranges[i]!, set.ranges[i + 1]!]);
  return out;
}

/** Sets up to this many numbers are sorted together; larger ones (the Unicode classes) are merged one by one. */
const smallSet = 16;

export function union(...sets: readonly CharSet[]): CharSet {
  const different = [...new Set(sets)];
  if (different.length === 1) return different[0]!;
  if (different.includes(everyCharacter)) return everyCharacter;
  const small = different.filter((set) => set.ranges.length <= smallSet);
  const large = different.filter((set) => set.ranges.length > smallSet);
  return large.reduce(merge, fromRanges(small.flatMap(pairs)));
}

function merge(a: CharSet, b: CharSet): CharSet {
  if (isEmpty(a)) return b;
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.ranges.length || j < b.ranges.length) {
    const fromA = j >= b.ranges.length || (i < a.ranges.length && a.ranges[i]! <= b.ranges[j]!);
    const lo = fromA ? a.ranges[i]! : b.ranges[j]!;
    const hi = fromA ? a.ranges[i + 1]! : b.ranges[j + 1]!;
    if (fromA) i += 2;
    else j += 2;
    const last = out.length - 1;
    if (last > 0 && lo <= out[last]! + 1) {
      if (hi > out[last]!) out[last] = hi;
    } else {
      out.push(lo, hi);
    }
  }
  return { ranges: out };
}

export function negate(set: CharSet): CharSet {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < set.ranges.length; i += 2) {
    if (set.ranges[i]! > next) out.push(next, set.ranges[i]! - 1);
    next = set.ranges[i + 1]! + 1;
  }
  if (next <= lastCodePoint) out.push(next, lastCodePoint);
  return { ranges: out };
}

export function intersect(a: CharSet, b: CharSet): CharSet {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.ranges.length && j < b.ranges.length) {
    const lo = Math.max(a.ranges[i]!, b.ranges[j]!);
    const hi = Math.min(a.ranges[i + 1]!, b.ranges[j + 1]!);
    if (lo <= hi) out.push(lo, hi);
    if (a.ranges[i + 1]! < b.ranges[j + 1]!) i += 2;
    else j += 2;
  }
  return { ranges: out };
}

export function has(set: CharSet, codePoint: number): boolean {
  let lo = 0;
  let hi = set.ranges.length / 2 - 1;
  while (lo <= hi) {
    const mid = (lo + hi) >> 1;
    if (codePoint < set.ranges[2 * mid]!) hi = mid - 1;
    else if (codePoint > set.ranges[2 * mid + 1]!) lo = mid + 1;
    else return true;
  }
  return false;
}

export function isEmpty(set: CharSet): boolean {
  return set.ranges.length === 0;
}

export function isSubset(inner: CharSet, outer: CharSet): boolean {
  return isEmpty(intersect(inner, negate(outer)));
}

export function isDisjoint(a: CharSet, b: CharSet): boolean {
  let i = 0;
  let j = 0;
  while (i < a.ranges.length && j < b.ranges.length) {
    if (a.ranges[i]! <= b.ranges[j + 1]! && b.ranges[j]! <= a.ranges[i + 1]!) return false;
    if (a.ranges[i + 1]! < b.ranges[j + 1]!) i += 2;
    else j += 2;
  }
  return true;
}

/** The only member, or undefined when there is none or more than one. */
export function onlyMember(set: CharSet): number | undefined {
  return set.ranges.length === 2 && set.ranges[0] === set.ranges[1] ? set.ranges[0] : undefined;
}

/** How many code points are members. */
export function size(set: CharSet): number {
  let count = 0;
  for (let i = 0; i < set.ranges.length; i += 2) count += set.ranges[i + 1]! - set.ranges[i]! + 1;
  return count;
}
