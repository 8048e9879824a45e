// The groups of the match in work: where they stand in the line, and in the row.

import { matches, matchesSpans, mostGroups, spanBytes } from '../src/memory-layout';

export function spanStart(group: u32): i32 {
  return load<i32>(<usize>load<u32>(matches, matchesSpans) + ((<usize>group) << 3));
}

export function spanEnd(group: u32): i32 {
  return load<i32>(<usize>load<u32>(matches, matchesSpans) + ((<usize>group) << 3), 4);
}

/** Whether one of the listed groups took part. */
export function anyOf(list: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (spanStart(load<u32>(list + <usize>(i << 2))) >= 0) return true;
  return false;
}

/** Places of the groups in the row, behind their spans. */
export function noteRowPlace(group: u32, at: usize): void {
  store<u32>(rowPlace(group), <u32>at);
}

export function rowPlace(group: u32): usize {
  return <usize>load<u32>(matches, matchesSpans) + spanBytes * mostGroups + ((<usize>group) << 2);
}
