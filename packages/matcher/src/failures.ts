import type { Bytes, EpochMs } from '@f2b/config';

/**
 * What the block scan says of one line: a failregex matched it. Everything a judge needs is in it; nothing in it depends on
 * earlier blocks, so the same bytes give the same failure whichever worker read them.
 */
export interface LineMatch {
  /** Which of the scanned filters matched: index into the list the scanner was made with. */
  readonly filter: number;
  /** Index of the failregex within its filter, from 0. */
  readonly regex: number;
  /** Line within the scanned block or range, from 0 (all lines count, matching or not). */
  readonly line: number;
  /** Byte offset of the line's first byte within the scanned block or range. */
  readonly offset: Bytes;
  /** The date that was cut out of the line; NaN when the line has none that converts. */
  readonly time: EpochMs;
  /**
   * How the line carried its date: `own` matched and converted, `empty` the pattern matched the empty text
   * (`{NONE}`), `none` no date or not convertible.
   */
  readonly date: 'own' | 'empty' | 'none';
  /** The line as fail2ban keeps it: text before the date, the date's text, text after it; concatenated they are the line. */
  readonly tuple: readonly [before: string, date: string, after: string];
  /** Groups that took part (prefregex overlaid by failregex, `alt_` and `tuple_` resolved); tuples are lists. */
  readonly groups: ReadonlyMap<string, string | readonly (string | null)[]>;
  /** For a line without a date of its own: the nearest dated line before it in the block (looked for among the last few). */
  readonly preceding: { readonly time: EpochMs; readonly text: string } | undefined;
  /** For a filter with `maxlines` above 1: all lines of the match in order (`tuple` is the line that completed it). */
  readonly lines?: readonly (readonly [before: string, date: string, after: string])[];
}

/** A line that one expression gave up: its step budget ran out. The other expressions matched it. */
export interface RefusedLine {
  readonly filter: number;
  readonly option: 'prefregex' | 'failregex' | 'ignoreregex';
  readonly index: number;
  readonly line: number;
  readonly offset: Bytes;
  readonly reason: string;
}

/** Things that happened to some lines: all are counted, the first ones are named. */
export interface Incidents<T> {
  readonly count: number;
  readonly first: readonly T[];
}

/** What one filter did with the lines of a block; only counted when asked for. */
export interface FilterStatistics {
  /** Lines that counted: all, or without comments and empty lines. */
  readonly lines: number;
  /** Lines that prefregex matched; 0 without prefregex. */
  readonly prefregex: number;
  /** Lines that an ignoreregex dropped, by ignoreregex. */
  readonly ignoreregex: readonly number[];
  /** Lines by date template, under the template's name; lines without date are not in it. */
  readonly dates: ReadonlyMap<string, number>;
  readonly ignored: Incidents<LinePlace>;
  /** Lines that neither a failregex matched nor an ignoreregex dropped. */
  readonly missed: Incidents<LinePlace>;
}

export interface LinePlace {
  readonly line: number;
  readonly offset: Bytes;
  readonly text: string;
}

/** Rows that were written where the lines were scanned, by the number of their match. */
export interface ReadyRows {
  /** How many matches there are, with and without a row. */
  readonly count: number;
  /** All rows, one behind the other; ASCII. */
  readonly bytes: Uint8Array;
  /** Where a match's row ends in `bytes`; it has none if that is where the one before it ends. */
  end(index: number): number;
  /**
   * A number that is the same for all rows of one session (and now and then for those of another); 0: the row belongs to none. A row
   * holds only if it is the first line of its session.
   */
  session(index: number): number;
  /** Of a match with a row, `tuple` holds the date alone. */
  match(index: number): LineMatch;
  matchesWithoutRow(): readonly LineMatch[];
}

/** What came out of one block or range. */
export interface ScanResult {
  /** In line order; within a line in the order of filters, then of failregex. */
  readonly matches: readonly LineMatch[];
  /** Lines scanned, the overlong ones included. */
  readonly lines: number;
  /** Bytes those lines take, newlines included: where the next block or range begins. */
  readonly bytes: Bytes;
  /** Lines longer than `maxLineBytes`: skipped whole. */
  readonly overlong: Incidents<{ readonly offset: Bytes; readonly bytes: Bytes }>;
  readonly refused: Incidents<RefusedLine>;
  /** Candidate lines that are not valid in their encoding; they were matched with U+FFFD in place of the invalid bytes. */
  readonly undecodable: Incidents<{ readonly offset: Bytes }>;
  /** Date of the last dated line, where `ScanContext.lastTime` asked for it; NaN when no line near the end has one. */
  readonly lastTime: EpochMs;
  /** By filter, where `ScanContext.statistics` asked for it. */
  readonly statistics: readonly FilterStatistics[] | undefined;
  /** Where `ScanContext.rows` asked for them: then in place of `matches`. */
  readonly rows?: ReadyRows;
}

/** What a scan is told besides the bytes. */
export interface ScanContext {
  /** The present, for dates that leave out their year or day. */
  readonly now: EpochMs;
  /** Report every failregex that matches a line, not only the first (`f2b regex`). */
  readonly all?: boolean;
  /** Write the rows of `f2b regex -o row`; without effect for a filter with `maxlines` above 1. */
  readonly rows?: boolean;
  /** For a filter with `maxlines` above 1: empty lines and lines that start with `#` are not there, as for fail2ban-regex; its daemon reads them. */
  readonly skipComments?: boolean;
  /** Find the date of the last dated line. */
  readonly lastTime?: boolean;
  /** Count what happened to every line: reads every line's date, so it is much slower. */
  readonly statistics?: {
    /** How many missed and ignored lines to name. */
    readonly keep: number;
    /** Leave empty lines and lines that start with `#` out of all counts, as fail2ban-regex does. */
    readonly skipComments: boolean;
  };
}
