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
  /** Names of the date templates, in the order in which they came to be tried. */
  readonly dateOrder: readonly string[];
  readonly ignored: ListedLines;
  /** Lines that neither a failregex matched nor an ignoreregex dropped. */
  readonly missed: ListedLines;
}

/**
 * What a sink is told of what a scan found, and what it may have written for it where the lines are scanned. A format is the sink's
 * business: to the scan it is a list of pieces, each a fixed text or a column.
 */
export interface SinkNeeds {
  /**
   * By failregex, what is written of a match; undefined for those of which each match has to be looked at, and for all where nothing is
   * to be written.
   */
  readonly pieces: readonly (readonly Piece[] | undefined)[] | undefined;
}

/** How a text is spelled: a match of whose columns one has a character that this notation cannot show as it is, is not written. */
export type Spelling = 'plain' | 'python' | 'json';

/** One piece of what is written of a match. */
export type Piece =
  | { readonly column: 'text'; readonly text: string }
  /** The line, or one of the three parts into which its date divides it. */
  | { readonly column: 'line' | 'before' | 'date' | 'after'; readonly spelling: Spelling }
  /** Whom the match names. */
  | { readonly column: 'id' }
  /** Seconds since 1970; `decimal`: with `.0` where the date says no zone, as fail2ban prints it. */
  | { readonly column: 'time'; readonly decimal: boolean }
  | GroupPiece;

/** A group that took part, with text around it; `missing` stands for one that did not. */
export interface GroupPiece {
  readonly column: 'group';
  readonly name: string;
  readonly spelling: Spelling;
  readonly before: string;
  readonly after: string;
  readonly missing: string;
  /** An empty one counts as missing. */
  readonly filled?: boolean;
  /** It counts as missing where this group is. */
  readonly beside?: string;
  /** Where an earlier piece of the kind was written, this stands in front. */
  readonly separator?: string;
  /** What is written without it does not say all: see `FoundColumns.isWhole`. */
  readonly needed?: boolean;
}

/**
 * The matches of a result as columns, by number, in line order. A match that is `isPlain` is a failure by itself, of one identifier, if its
 * session (`<F-MLFID>`) begins with it or has had only such lines: whoever knows the sessions says whether that is so. Every other
 * match has to be judged by its groups.
 */
export interface FoundColumns {
  readonly count: number;
  /** Index of the failregex. */
  regex(index: number): number;
  /** Line within the scanned block or range. */
  line(index: number): number;
  isPlain(index: number): boolean;
  /** Nothing that was asked for is missing in what was written. */
  isWhole(index: number): boolean;
  /** A number that is the same for all matches of one session (and now and then for those of another); 0: it belongs to none. */
  session(index: number): number;
  /** What was written, one match behind the other; ASCII. Only of plain matches anything is. */
  readonly written: Uint8Array;
  /** Where what was written of a match ends in `written`; it begins where that of the one before it ends. */
  end(index: number): number;
  match(index: number): LineMatch;
}

/** Lines of one kind, in order: all are counted, the first ones are kept. */
export interface ListedLines {
  readonly count: number;
  /** Numbers of those that are kept, within the scanned block or range. */
  readonly lines: Int32Array;
  /** Where each ends in `text`; it begins where the one before it ends. */
  readonly ends: Int32Array;
  /** UTF-8. */
  readonly text: Uint8Array;
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
  /** Where `ScanContext.sink` asked for it: then in place of `matches`. */
  readonly found?: FoundColumns;
}

/** What a scan is told besides the bytes. */
export interface ScanContext {
  /** The present, for dates that leave out their year or day. */
  readonly now: EpochMs;
  /** Report every failregex that matches a line, not only the first (`f2b regex`). */
  readonly all?: boolean;
  /** Tell of the matches in columns, and write what a sink wants of each; without effect for a filter with `maxlines` above 1. */
  readonly sink?: SinkNeeds;
  /** For a filter with `maxlines` above 1: empty lines and lines that start with `#` are not there, as for fail2ban-regex; its daemon reads them. */
  readonly skipComments?: boolean;
  /** For a filter with `maxlines` above 1, in statistics: no line follows, so that nothing can complete a match with the last ones. */
  readonly end?: boolean;
  /** Find the date of the last dated line. */
  readonly lastTime?: boolean;
  /** Count what happened to every line. */
  readonly statistics?: {
    /** How many ignored and missed lines to keep; Infinity: all. */
    readonly keepIgnored: number;
    readonly keepMissed: number;
    /** Leave empty lines and lines that start with `#` out of all counts, as fail2ban-regex does. */
    readonly skipComments: boolean;
  };
}
