// Where things are in the scanner's memory.

/** Six tables of 16 bytes: for each of three fingerprint bytes, buckets by low and by high nibble. */
export const NIBBLES: usize = 0;
/** 4096 x u16: first literal row (from 1) of each fingerprint hash, 0 for none. */
export const HEADS: usize = 128;
/** Where a scan stands: u32 next line's offset, u32 lines seen, u32 lines over the cap. */
export const STATE: usize = 8448;
/** 32 bytes: bits that every line has from the start. */
export const ALWAYS: usize = 8464;
/** 256 bytes for what follows the scan, see below. */
export const MATCHES: usize = 8528;
/** 32 bytes for each literal: u32 text, u32 fold mask, u32 length, u32 offset of the fingerprint, u32 bit, u32 next row of the same hash. */
export const ROWS: usize = 8784;

/** Bytes of one hit: u32 start, u32 end (without newline), u32 line, u32 flags, 32 bytes of bits. */
export const HIT: usize = 48;

// The fields of MATCHES, u32 each unless it says otherwise.
/** Address of the block; offsets in rows count from it. */
export const BLOCK: usize = 0;
/** Address of the filters' entries, and how many there are. */
export const FILTERS: usize = 4;
export const FILTER_COUNT: usize = 8;
/** Where a judgement leaves the groups: begin and end of each. */
export const SPANS: usize = 12;
/** Added to line numbers and to offsets. */
export const LINES_BEFORE: usize = 16;
export const BYTES_BEFORE: usize = 20;
/** Rows are wanted. */
export const ROWS_WANTED: usize = 24;
/** Out: the filter at which `judgeRows` stopped. */
export const STOPPED_AT: usize = 28;
/** Out: what is written has to be taken away first. */
export const FULL: usize = 32;
/** A text in place of the address as identifier, and of the time; none where the length is 0. */
export const ID: usize = 36;
export const ID_LENGTH: usize = 40;
export const TIME_TEXT: usize = 44;
export const TIME_TEXT_LENGTH: usize = 48;
// What is written: where the next one goes, where there is no more room, and what numbers in it count from.
export const NUMBERS: usize = 52;
export const NUMBERS_END: usize = 56;
/** Numbers written before those that stand here. */
export const NUMBERS_BEFORE: usize = 60;
export const NUMBERS_START: usize = 64;
export const TEXT: usize = 68;
export const TEXT_END: usize = 72;
export const TEXT_BEFORE: usize = 76;
export const TEXT_START: usize = 80;
export const ROW_TEXT: usize = 84;
export const ROW_TEXT_END: usize = 88;
export const ROW_TEXT_BEFORE: usize = 92;
export const ROW_TEXT_START: usize = 96;
/** For each match: where its numbers start, where its row ends, its session; then two f64 for its times. */
export const STARTS: usize = 100;
export const STARTS_END: usize = 104;
export const ROW_ENDS: usize = 108;
export const SESSIONS: usize = 112;
export const TIMES: usize = 116;
/** The last date's text: its address and length, none where that is 0. */
export const LAST_DATE: usize = 120;
export const LAST_DATE_LENGTH: usize = 124;
/** `, 'users': {'` and `'}`: address and length. */
export const USERS: usize = 128;
export const USERS_LENGTH: usize = 132;
export const USERS_CLOSE: usize = 136;
export const USERS_CLOSE_LENGTH: usize = 140;

// A filter's entry.
/** Pairs of a word's index and its bits, of which a line must have one: address and number of pairs. */
export const ANY: usize = 0;
export const ANY_COUNT: usize = 4;
/** The same for prefregex; no pairs: it needs none. */
export const PREFIX: usize = 8;
export const PREFIX_COUNT: usize = 12;
/** Address of the dates that are known to it. */
export const DATES: usize = 16;
/** Place of its judgement in the table of functions. */
export const JUDGE: usize = 20;
/** Addresses of the forms of its failregex. */
export const FORMS: usize = 24;
export const FILTER_BYTES: usize = 28;

// What is known of dates: those of one hour, by the text around minute and second.
/** 0: nothing. */
export const KNOWN: usize = 0;
/** Bytes from the line's start to the minute, and the bytes that follow the second or its fraction. */
export const BEFORE_MINUTE: usize = 4;
export const AFTER_SECOND: usize = 8;
/** A fraction follows the second. */
export const FRACTION: usize = 12;
/** Where in the line the date that is cut out begins, and how many of the bytes that follow the second are not of it. */
export const CUT_START: usize = 16;
export const CUT_TAIL: usize = 20;
/** The byte behind the date must be this one; the one behind it too, or a small letter. */
export const NEXT: usize = 24;
export const NEXT_BUT_ONE: usize = 28;
/** What follows the digits of the time in a row: 1 for `.0`. */
export const DECIMAL: usize = 32;
/** How many dates were read. */
export const COUNT: usize = 36;
/** f64: the hour, in milliseconds since 1970. */
export const HOUR: usize = 40;
export const BEFORE_TEXT: usize = 48;
export const AFTER_TEXT: usize = 112;

// How the matches of one failregex are written.
/** 0: its matches are left to the host. */
export const WRITABLE: usize = 0;
/** Number of its groups, and address of the number of each one's name. */
export const GROUPS: usize = 4;
export const NAMES: usize = 8;
/** 0: its matches have no rows. */
export const HAS_ROWS: usize = 12;
/** What a row shows: for each value u32 group, and address and length of what comes before it, and of what stands for a missing one. */
export const VALUES: usize = 16;
export const VALUE_COUNT: usize = 20;
export const VALUE_BYTES: usize = 20;
/** Groups by what they mean; -1: there is none. */
export const MLFID: usize = 24;
export const USER: usize = 28;
export const IP4: usize = 32;
/** It may end a session: a row is for a line within one only. */
export const FORGETS: usize = 36;
/** Groups that no row has; groups beside which the address alone is not the identifier. */
export const EXCLUDED: usize = 40;
export const EXCLUDED_COUNT: usize = 44;
export const BESIDE: usize = 48;
export const BESIDE_COUNT: usize = 52;

/** Answers of `writeMatch`. */
export const WRITTEN: u32 = 0;
export const ASKS_FOR_ID: u32 = 1;
export const NOT_WRITABLE: u32 = 2;
