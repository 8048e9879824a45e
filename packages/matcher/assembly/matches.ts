// A match is written down as the host packs it (src/scan/result.ts), with its row if rows are wanted.

import { dateEnd, dateStart, same, time } from './dates';
import { rowPlace, spanEnd, spanStart } from './groups';
import {
  ASKS_FOR_ID,
  BLOCK,
  BYTES_BEFORE,
  GROUPS,
  ID_LENGTH,
  LAST_DATE,
  LAST_DATE_LENGTH,
  LINES_BEFORE,
  MATCHES,
  MLFID,
  NAMES,
  NOT_WRITABLE,
  NUMBERS,
  NUMBERS_BEFORE,
  NUMBERS_START,
  ROW_ENDS,
  ROW_TEXT,
  ROW_TEXT_BEFORE,
  ROW_TEXT_START,
  ROWS_WANTED,
  SESSIONS,
  STARTS,
  TEXT,
  TEXT_BEFORE,
  TEXT_START,
  TIMES,
  WRITABLE,
  WRITTEN,
} from './layout';
import { isPlainAddress, mayHaveRow, writeRow } from './rows';

/** Writes the match whose groups stand in SPANS. */
export function write(form: usize, filter: u32, regex: u32, start: usize, end: usize, line: u32, rowless: bool): u32 {
  if (load<u32>(form, WRITABLE) === 0) return NOT_WRITABLE;
  let session: u32 = 0;
  let hasRow = false;
  if (load<u32>(MATCHES, ROWS_WANTED) !== 0 && !rowless && mayHaveRow(form, start)) {
    if (load<u32>(MATCHES, ID_LENGTH) === 0 && !isPlainAddress(form)) return ASKS_FOR_ID;
    const before = load<u32>(MATCHES, ROW_TEXT);
    hasRow = writeRow(form);
    if (!hasRow) store<u32>(MATCHES, before, ROW_TEXT);
    else session = sessionOf(form);
  }
  writeNumbers(form, filter, regex, start, end, line, hasRow);
  const match: usize = load<u32>(MATCHES, STARTS);
  store<u32>(MATCHES, <u32>match + 4, STARTS);
  const rowEnds: usize = load<u32>(MATCHES, ROW_ENDS);
  store<u32>(
    rowEnds,
    load<u32>(MATCHES, ROW_TEXT) - load<u32>(MATCHES, ROW_TEXT_START) + load<u32>(MATCHES, ROW_TEXT_BEFORE),
  );
  store<u32>(MATCHES, <u32>rowEnds + 4, ROW_ENDS);
  const sessions: usize = load<u32>(MATCHES, SESSIONS);
  store<u32>(sessions, session);
  store<u32>(MATCHES, <u32>sessions + 4, SESSIONS);
  const times: usize = load<u32>(MATCHES, TIMES);
  store<f64>(times, time);
  store<f64>(times, NaN, 8);
  store<u32>(MATCHES, <u32>times + 16, TIMES);
  return WRITTEN;
}

/** A number that is the same for all lines of a session: FNV-1a of its text, never 0. */
function sessionOf(form: usize): u32 {
  const mlfid = load<i32>(form, MLFID);
  if (mlfid < 0 || spanStart(mlfid) < 0) return 0;
  let hash: u32 = 0x811c9dc5;
  const end = <usize>spanEnd(mlfid);
  for (let at = <usize>spanStart(mlfid); at < end; at++) hash = (hash ^ <u32>load<u8>(at)) * 0x01000193;
  return hash === 0 ? 1 : hash;
}

/** The text of the date, for a match with a row: that of the last one if it is the same. */
function dateText(): u32 {
  const length = dateEnd - dateStart;
  const last: usize = load<u32>(MATCHES, LAST_DATE);
  if (<usize>load<u32>(MATCHES, LAST_DATE_LENGTH) === length && same(last, dateStart, length)) return textPlace(last);
  const at: usize = load<u32>(MATCHES, TEXT);
  store<u32>(MATCHES, <u32>at, LAST_DATE);
  store<u32>(MATCHES, <u32>length, LAST_DATE_LENGTH);
  return copyText(dateStart, length);
}

function textPlace(at: usize): u32 {
  return <u32>at - load<u32>(MATCHES, TEXT_START) + load<u32>(MATCHES, TEXT_BEFORE);
}

function copyText(from: usize, length: usize): u32 {
  const at: usize = load<u32>(MATCHES, TEXT);
  memory.copy(at, from, length);
  store<u32>(MATCHES, <u32>(at + length), TEXT);
  return textPlace(at);
}

/** The numbers of a match, as `WireMatches` describes them. */
function writeNumbers(form: usize, filter: u32, regex: u32, start: usize, end: usize, line: u32, hasRow: bool): void {
  const numbers: usize = load<u32>(MATCHES, NUMBERS);
  const numbersStart: usize = load<u32>(MATCHES, NUMBERS_START);
  store<u32>(load<u32>(MATCHES, STARTS), load<u32>(MATCHES, NUMBERS_BEFORE) + (<u32>(numbers - numbersStart) >> 2));
  store<u32>(numbers, filter);
  store<u32>(numbers, regex, 4);
  store<u32>(numbers, line + load<u32>(MATCHES, LINES_BEFORE), 8);
  store<u32>(numbers, <u32>(start - <usize>load<u32>(MATCHES, BLOCK)) + load<u32>(MATCHES, BYTES_BEFORE), 12);
  store<u32>(numbers, 0, 16);
  store<u32>(numbers, hasRow ? dateText() : copyText(start, end - start), 20);
  store<u32>(numbers, hasRow ? 0 : <u32>(dateStart - start), 24);
  store<u32>(numbers, <u32>(dateEnd - dateStart), 28);
  store<u32>(numbers, hasRow ? 0 : <u32>(end - dateEnd), 32);
  store<i32>(numbers, -1, 36);
  const groups = load<u32>(form, GROUPS);
  const names: usize = load<u32>(form, NAMES);
  // Groups of a match without a row stand in the text of its line, of one with a row in the row.
  const lineText = load<u32>(numbers, 20) - <u32>start;
  const rows = load<u32>(MATCHES, ROW_TEXT_BEFORE) - load<u32>(MATCHES, ROW_TEXT_START);
  let count: u32 = 0;
  let at = numbers + 44;
  for (let group: u32 = 0; group < groups; group++) {
    const from = spanStart(group);
    if (from < 0) continue;
    store<u32>(at, load<u32>(names + ((<usize>group) << 2)));
    store<i32>(at, -1, 4);
    store<u32>(at, hasRow ? load<u32>(rowPlace(group)) + rows : <u32>from + lineText, 8);
    store<u32>(at, <u32>(spanEnd(group) - from), 12);
    at += 16;
    count++;
  }
  store<u32>(numbers, count, 40);
  store<u32>(MATCHES, <u32>at, NUMBERS);
}
