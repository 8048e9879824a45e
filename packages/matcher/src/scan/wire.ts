import type { ScanResult } from '../failures.js';

/**
 * A scan's matches as they cross the thread boundary: numbers and bytes in typed arrays. Cheap to send however many lines matched, and a
 * match becomes an object only when somebody looks at it.
 *
 * `numbers` holds for each match: filter, regex, line, offset, kind of date, place of its text, lengths of before, date and after,
 * length of the preceding date's text (which follows the line's) or -1, number of groups; then for each group its name's index in `names`,
 * -1 or the number of its parts, and for each value place and length (length -1: null). A place below 0 is one in `wide`: `~place`.
 */
export interface WireMatches {
  readonly starts: Int32Array;
  readonly numbers: Int32Array;
  /** Two for each match: its own time and that of the preceding dated line; NaN where there is none. */
  readonly times: Float64Array;
  /** Texts of one byte a character, and all others. */
  readonly text: Uint8Array;
  readonly wide: string;
  readonly names: readonly string[];
  /** Where a sink asked for it. */
  readonly found: WireFound | undefined;
}

/** What a sink is told: for each match four numbers, and what was written of it. */
export interface WireFound {
  /** Failregex (as `~regex` where the match is not plain, see `FoundColumns`), line, session, end in `written`. */
  readonly heads: Int32Array;
  readonly written: Uint8Array;
}

/** Numbers of a match in `heads`. */
export const headWords = 4;
/** In the first of them: something that was asked for is missing in what was written. */
export const partial = 1 << 30;

/** Numbers of a match before those of its groups. */
export const fixedNumbers = 11;

export const dateKinds = ['own', 'empty', 'none'] as const;

/** A result on the wire: all of `ScanResult`, its matches packed. */
export interface WireResult extends Omit<ScanResult, 'matches' | 'found'> {
  readonly packed: WireMatches;
}
