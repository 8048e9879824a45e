// The groups of the match in work: where they stand in the line.

import { matches, matchesSpans } from '../src/memory-layout';

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
