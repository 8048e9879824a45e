/**
 * The tables that the host fills in for the compiled part of the scan: addresses of fields, as assembly/layout.ts describes them. Where
 * nothing else is said a field is a word.
 */

/** What follows the scan. */
export const MATCHES = {
  block: 0,
  filters: 4,
  filterCount: 8,
  spans: 12,
  linesBefore: 16,
  bytesBefore: 20,
  rowsWanted: 24,
  stoppedAt: 28,
  full: 32,
  id: 36,
  idLength: 40,
  timeText: 44,
  timeTextLength: 48,
  numbers: 52,
  numbersEnd: 56,
  numbersBefore: 60,
  numbersStart: 64,
  text: 68,
  textEnd: 72,
  textBefore: 76,
  textStart: 80,
  rowText: 84,
  rowTextEnd: 88,
  rowTextBefore: 92,
  rowTextStart: 96,
  starts: 100,
  startsEnd: 104,
  rowEnds: 108,
  sessions: 112,
  times: 116,
  lastDate: 120,
  lastDateLength: 124,
  users: 128,
  usersClose: 136,
} as const;

/** A filter's entry. */
export const FILTER = {
  any: 0,
  anyCount: 4,
  prefix: 8,
  prefixCount: 12,
  dates: 16,
  judge: 20,
  forms: 24,
  bytes: 28,
} as const;

/** The dates that are known: those of one hour. */
export const DATES = {
  known: 0,
  beforeMinute: 4,
  afterSecond: 8,
  fraction: 12,
  cutStart: 16,
  cutTail: 20,
  next: 24,
  nextButOne: 28,
  decimal: 32,
  count: 36,
  /** A double. */
  hour: 40,
  beforeText: 48,
  afterText: 112,
  bytes: 128,
} as const;

export const mostBeforeText = DATES.afterText - DATES.beforeText;
export const mostAfterText = DATES.bytes - DATES.afterText;

/** How the matches of one failregex are written. */
export const FORM = {
  writable: 0,
  groups: 4,
  names: 8,
  hasRows: 12,
  values: 16,
  valueCount: 20,
  mlfid: 24,
  user: 28,
  ip4: 32,
  forgets: 36,
  excluded: 40,
  excludedCount: 44,
  beside: 48,
  besideCount: 52,
  bytes: 56,
} as const;

/** One value of a row: its group, what comes before it, what stands for a missing one. */
export const VALUE = { group: 0, before: 4, beforeLength: 8, missing: 12, missingLength: 16, bytes: 20 } as const;

/** Groups that a match may have; behind their spans are as many words for their places in a row. */
export const mostGroups = 256;

/** Answers of `writeMatch`. */
export const WRITTEN = 0;
export const ASKS_FOR_ID = 1;
