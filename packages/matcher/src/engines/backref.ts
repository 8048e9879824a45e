/** Back-references: what a group matched, once more. */
import { toAsciiLower, toLower } from '../dialect/unicode.js';

/**
 * End of the repetition of `subject[start..end]` at `pos`, or -1 when it is not there or the group is unset.
 * `fold`: 0 exact, 1 ASCII case ignored, 2 Unicode case ignored.
 */
export function backrefEnd(subject: string, pos: number, start: number, end: number, fold: number): number {
  if (start < 0 || end < start) return -1;
  if (fold === 0) {
    const text = subject.slice(start, end);
    return subject.startsWith(text, pos) ? pos + text.length : -1;
  }
  const lower = fold === 1 ? toAsciiLower : toLower;
  let at = pos;
  for (let i = start; i < end; ) {
    const expected = subject.codePointAt(i)!;
    const actual = subject.codePointAt(at);
    if (actual === undefined || lower(actual) !== lower(expected)) return -1;
    i += expected > 0xffff ? 2 : 1;
    at += actual > 0xffff ? 2 : 1;
  }
  return at;
}
