// What becomes of the lines that the scan found, as long as they are ordinary: the date is read, the filters judge, and a match is
// written down as the host packs it (src/scan/result.ts), with its row if rows are wanted. Whatever is out of the ordinary is left to the
// host, line by line.
//
// The host fills in the tables (src/scan/in-place/): all addresses in them are of this memory.

import { HIT, MATCHES } from './layout';

// The fields of MATCHES, u32 each unless it says otherwise.
/** Address of the block; offsets in rows count from it. */
const BLOCK: usize = 0;
/** Address of the filters' entries, and how many there are. */
const FILTERS: usize = 4;
const FILTER_COUNT: usize = 8;
/** Where a judgement leaves the groups: begin and end of each. */
const SPANS: usize = 12;
/** Added to line numbers and to offsets. */
const LINES_BEFORE: usize = 16;
const BYTES_BEFORE: usize = 20;
/** Rows are wanted. */
const ROWS_WANTED: usize = 24;
/** Out: the filter at which `judgeRows` stopped. */
const STOPPED_AT: usize = 28;
/** Out: what is written has to be taken away first. */
const FULL: usize = 32;
/** A text in place of the address as identifier, and of the time; none where the length is 0. */
const ID: usize = 36;
const ID_LENGTH: usize = 40;
const TIME_TEXT: usize = 44;
const TIME_TEXT_LENGTH: usize = 48;
// What is written: where the next one goes, where there is no more room, and what numbers in it count from.
const NUMBERS: usize = 52;
const NUMBERS_END: usize = 56;
/** Numbers written before those that stand here. */
const NUMBERS_BEFORE: usize = 60;
const NUMBERS_START: usize = 64;
const TEXT: usize = 68;
const TEXT_END: usize = 72;
const TEXT_BEFORE: usize = 76;
const TEXT_START: usize = 80;
const ROW_TEXT: usize = 84;
const ROW_TEXT_END: usize = 88;
const ROW_TEXT_BEFORE: usize = 92;
const ROW_TEXT_START: usize = 96;
/** For each match: where its numbers start, where its row ends, its session; then two f64 for its times. */
const STARTS: usize = 100;
const STARTS_END: usize = 104;
const ROW_ENDS: usize = 108;
const SESSIONS: usize = 112;
const TIMES: usize = 116;
/** The last date's text: its address and length, none where that is 0. */
const LAST_DATE: usize = 120;
const LAST_DATE_LENGTH: usize = 124;
/** `, 'users': {'` and `'}` and `, 'users': None`: address and length. */
const USERS: usize = 128;
const USERS_LENGTH: usize = 132;
const USERS_CLOSE: usize = 136;
const USERS_CLOSE_LENGTH: usize = 140;
const NO_USERS: usize = 144;
const NO_USERS_LENGTH: usize = 148;

// A filter's entry.
/** Pairs of a word's index and its bits, of which a line must have one: address and number of pairs. */
const ANY: usize = 0;
const ANY_COUNT: usize = 4;
/** The same for prefregex; no pairs: it needs none. */
const PREFIX: usize = 8;
const PREFIX_COUNT: usize = 12;
/** Address of the dates that are known to it. */
const DATES: usize = 16;
/** Place of its judgement in the table of functions. */
const JUDGE: usize = 20;
/** Addresses of the forms of its failregex. */
const FORMS: usize = 24;
const FILTER_BYTES: usize = 28;

// What is known of dates: those of one hour, by the text around minute and second.
/** 0: nothing. */
const KNOWN: usize = 0;
/** Bytes from the line's start to the minute, and the bytes that follow the second or its fraction. */
const BEFORE_MINUTE: usize = 4;
const AFTER_SECOND: usize = 8;
/** A fraction follows the second. */
const FRACTION: usize = 12;
/** Where in the line the date that is cut out begins, and how many of the bytes that follow the second are not of it. */
const CUT_START: usize = 16;
const CUT_TAIL: usize = 20;
/** The byte behind the date must be this one; the one behind it too, or a small letter. */
const NEXT: usize = 24;
const NEXT_BUT_ONE: usize = 28;
/** What follows the digits of the time in a row: 1 for `.0`. */
const DECIMAL: usize = 32;
/** How many dates were read. */
const COUNT: usize = 36;
/** f64: the hour, in milliseconds since 1970. */
const HOUR: usize = 40;
const BEFORE_TEXT: usize = 48;
const AFTER_TEXT: usize = 112;

// How the matches of one failregex are written.
/** 0: its matches are left to the host. */
const WRITABLE: usize = 0;
/** Number of its groups, and address of the number of each one's name. */
const GROUPS: usize = 4;
const NAMES: usize = 8;
/** 0: its matches have no rows. */
const HAS_ROWS: usize = 12;
/** What a row shows: for each value u32 group, and address and length of what comes before it, and of what stands for a missing one. */
const VALUES: usize = 16;
const VALUE_COUNT: usize = 20;
const VALUE_BYTES: usize = 20;
/** Groups by what they mean; -1: there is none. */
const MLFID: usize = 24;
const USER: usize = 28;
const IP4: usize = 32;
/** It may end a session: a row is for a line within one only. */
const FORGETS: usize = 36;
/** Groups that no row has; groups beside which the address alone is not the identifier. */
const EXCLUDED: usize = 40;
const EXCLUDED_COUNT: usize = 44;
const BESIDE: usize = 48;
const BESIDE_COUNT: usize = 52;

/** Longer lines are out of the ordinary. */
const ORDINARY: usize = 2048;
const NO_MATCH: i32 = -1;
/** Room for one match: its numbers, its line, and a row of ordinary size. */
const MATCH_NUMBERS: usize = 4 * (11 + 4 * 256);
const MATCH_TEXT: usize = 4096;
const MATCH_ROW: usize = 16384;

/** Answers of `writeMatch`. */
const WRITTEN: u32 = 0;
const ASKS_FOR_ID: u32 = 1;
const NOT_WRITABLE: u32 = 2;

let dateStart: usize = 0;
let dateEnd: usize = 0;
let time: f64 = 0;
let decimal: bool = false;

function meets(bits: usize, count: u32, words: usize): bool {
  for (let i: u32 = 0; i < count; i++) {
    const pair = bits + <usize>(i << 3);
    if ((load<u32>(words + <usize>(load<u32>(pair) << 2)) & load<u32>(pair, 4)) !== 0) return true;
  }
  return false;
}

/** @param end there are 16 more bytes behind it */
function isAscii(from: usize, end: usize): bool {
  let sum = i8x16.splat(0);
  let at = from;
  for (; at + 16 <= end; at += 16) sum = v128.or(sum, v128.load(at));
  let last: u32 = 0;
  for (; at < end; at++) last |= load<u8>(at);
  return i8x16.bitmask(sum) === 0 && (last & 0x80) === 0;
}

function same(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false;
  return true;
}

function digit(at: usize): u32 {
  return <u32>load<u8>(at) - 0x30;
}

/** Two digits below 60 as a number; 60 or more if they are not. */
function sixty(at: usize): u32 {
  const tens = digit(at);
  const ones = digit(at + 1);
  return tens > 5 || ones > 9 ? 60 : tens * 10 + ones;
}

/** Reads the date of a line if it is of the hour that is known: `mm:ss` behind its text. */
function readDate(dates: usize, start: usize, end: usize): bool {
  if (load<u32>(dates, KNOWN) === 0) return false;
  const before: usize = load<u32>(dates, BEFORE_MINUTE);
  const after: usize = load<u32>(dates, AFTER_SECOND);
  const minute = start + before;
  if (minute + 5 > end || !same(start, dates + BEFORE_TEXT, before)) return false;
  const minutes = sixty(minute);
  const seconds = sixty(minute + 3);
  if (minutes === 60 || seconds === 60 || load<u8>(minute, 2) !== 0x3a) return false;
  let rest = minute + 5;
  if (load<u32>(dates, FRACTION) !== 0) {
    const mark = load<u8>(rest);
    if (mark !== 0x2e && mark !== 0x2c) return false;
    rest++;
    const first = rest;
    while (rest - first < 6 && digit(rest) < 10) rest++;
    if (rest === first || digit(rest) < 10) return false;
  }
  const behind = rest + after;
  // Two more bytes than the date has: they tell whether it ends there.
  if (behind + 2 > end || !same(rest, dates + AFTER_TEXT, after)) return false;
  if (<u32>load<u8>(behind) !== load<u32>(dates, NEXT)) return false;
  const next = <u32>load<u8>(behind, 1);
  if (next !== load<u32>(dates, NEXT_BUT_ONE) && (next < 0x61 || next > 0x7a)) return false;
  dateStart = start + <usize>load<u32>(dates, CUT_START);
  dateEnd = behind - <usize>load<u32>(dates, CUT_TAIL);
  time = load<f64>(dates, HOUR) + 1000 * <f64>(minutes * 60 + seconds);
  decimal = load<u32>(dates, DECIMAL) !== 0;
  store<u32>(dates, load<u32>(dates, COUNT) + 1, COUNT);
  return true;
}

/** There is room for a match of ordinary size. */
function hasRoom(): bool {
  return (
    <usize>load<u32>(MATCHES, NUMBERS) + MATCH_NUMBERS <= <usize>load<u32>(MATCHES, NUMBERS_END) &&
    <usize>load<u32>(MATCHES, TEXT) + MATCH_TEXT <= <usize>load<u32>(MATCHES, TEXT_END) &&
    <usize>load<u32>(MATCHES, ROW_TEXT) + MATCH_ROW <= <usize>load<u32>(MATCHES, ROW_TEXT_END) &&
    load<u32>(MATCHES, STARTS) < load<u32>(MATCHES, STARTS_END)
  );
}

function stop(row: usize, filter: u32, full: u32): usize {
  store<u32>(MATCHES, filter, STOPPED_AT);
  store<u32>(MATCHES, full, FULL);
  return row;
}

/**
 * Judges the lines of the rows [row, end), for the first one beginning with `filter`. Stops where the host has to go on: at a line and a filter
 * that are not ordinary, or when there is no more room.
 * @returns the row at which it stopped; `end` if it did not
 */
export function judgeRows(row: usize, end: usize, filter: u32): usize {
  const block: usize = load<u32>(MATCHES, BLOCK);
  const filters: usize = load<u32>(MATCHES, FILTERS);
  const count = load<u32>(MATCHES, FILTER_COUNT);
  let first = filter;
  for (; row < end; row += HIT) {
    if (load<u32>(row, 12) !== 0) return stop(row, 0, 0);
    const start = block + <usize>load<u32>(row);
    let lineEnd = block + <usize>load<u32>(row, 4);
    while (lineEnd > start && load<u8>(lineEnd - 1) === 0x0d) lineEnd--;
    let ordinary: bool = lineEnd - start <= ORDINARY;
    let looked = false;
    for (let index = first; index < count; index++) {
      const entry = filters + <usize>index * FILTER_BYTES;
      if (!meets(load<u32>(entry, ANY), load<u32>(entry, ANY_COUNT), row + 16)) continue;
      const prefix = load<u32>(entry, PREFIX_COUNT);
      if (prefix !== 0 && !meets(load<u32>(entry, PREFIX), prefix, row + 16)) continue;
      if (!looked) {
        ordinary = ordinary && isAscii(start, lineEnd);
        looked = true;
      }
      if (!ordinary) return stop(row, index, 0);
      if (!hasRoom()) return stop(row, index, 1);
      if (!readDate(load<u32>(entry, DATES), start, lineEnd)) return stop(row, index, 0);
      const outcome = call_indirect<i32>(load<u32>(entry, JUDGE), start, dateStart, dateEnd, lineEnd, row + 16);
      if (outcome === NO_MATCH) continue;
      if (outcome < 0) return stop(row, index, 0);
      const form: usize = load<u32>(<usize>load<u32>(entry, FORMS) + ((<usize>outcome) << 2));
      if (write(form, index, outcome, start, lineEnd, load<u32>(row, 8), false) !== WRITTEN) return stop(row, index, 0);
    }
    first = 0;
  }
  return row;
}

/**
 * Writes a match that the host found.
 * @param line number of the line in the block
 * @param rowless it has no row
 * @returns 0 written, 1 asks for an identifier, 2 it cannot be written here
 */
export function writeMatch(
  filter: u32,
  regex: u32,
  start: usize,
  end: usize,
  line: u32,
  cutStart: usize,
  cutEnd: usize,
  at: f64,
  rowless: bool,
): u32 {
  const entry = <usize>load<u32>(MATCHES, FILTERS) + <usize>filter * FILTER_BYTES;
  dateStart = cutStart;
  dateEnd = cutEnd;
  time = at;
  const form: usize = load<u32>(<usize>load<u32>(entry, FORMS) + ((<usize>regex) << 2));
  return write(form, filter, regex, start, end, line, rowless);
}

function write(form: usize, filter: u32, regex: u32, start: usize, end: usize, line: u32, rowless: bool): u32 {
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

function spanStart(group: u32): i32 {
  return load<i32>(<usize>load<u32>(MATCHES, SPANS) + ((<usize>group) << 3));
}

function spanEnd(group: u32): i32 {
  return load<i32>(<usize>load<u32>(MATCHES, SPANS) + ((<usize>group) << 3), 4);
}

/** Whether one of the listed groups took part. */
function anyOf(list: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (spanStart(load<u32>(list + <usize>(i << 2))) >= 0) return true;
  return false;
}

/** Rows are for a plain failure: not for a comment, nor for what a session has rules of its own for. */
function mayHaveRow(form: usize, start: usize): bool {
  if (load<u32>(form, HAS_ROWS) === 0 || load<u8>(start) === 0x23) return false;
  const mlfid = load<i32>(form, MLFID);
  if (mlfid < 0 || spanStart(mlfid) < 0) {
    if (load<u32>(form, FORGETS) !== 0) return false;
  } else if (spanStart(mlfid) === spanEnd(mlfid)) return false;
  return !anyOf(load<u32>(form, EXCLUDED), load<u32>(form, EXCLUDED_COUNT));
}

/** Whether the identifier is an IPv4 address as it stands there. */
function isPlainAddress(form: usize): bool {
  const ip4 = load<i32>(form, IP4);
  if (ip4 < 0 || spanStart(ip4) < 0 || anyOf(load<u32>(form, BESIDE), load<u32>(form, BESIDE_COUNT))) return false;
  let parts = 1;
  let digits = 0;
  let value: u32 = 0;
  const end = <usize>spanEnd(ip4);
  for (let at = <usize>spanStart(ip4); at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte === 0x2e) {
      if (digits === 0) return false;
      parts++;
      digits = 0;
      value = 0;
    } else {
      const here = byte - 0x30;
      if (here > 9 || (digits > 0 && value === 0)) return false;
      value = value * 10 + here;
      digits++;
      if (value > 255) return false;
    }
  }
  return parts === 4 && digits > 0;
}

let out: usize = 0;
let outEnd: usize = 0;

function put(from: usize, length: usize): bool {
  if (out + length > outEnd) return false;
  memory.copy(out, from, length);
  out += length;
  return true;
}

function putByte(byte: u8): void {
  store<u8>(out, byte);
  out++;
}

/** Text that Python's notation puts between quotes as it is; false for every other. */
function putPlain(from: usize, end: usize): bool {
  if (out + (end - from) > outEnd) return false;
  let to = out;
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at);
    if (byte < 0x20 || byte > 0x7e || byte === 0x27 || byte === 0x5c) return false;
    store<u8>(to, byte);
    to++;
  }
  out = to;
  return true;
}

function putTime(): bool {
  const length: usize = load<u32>(MATCHES, TIME_TEXT_LENGTH);
  if (length !== 0) return put(load<u32>(MATCHES, TIME_TEXT), length);
  let seconds = <u64>(time / 1000);
  let digits: usize = 1;
  for (let rest = seconds / 10; rest !== 0; rest /= 10) digits++;
  if (out + digits + 2 > outEnd) return false;
  for (let at = out + digits - 1; at >= out; at--) {
    store<u8>(at, <u8>(0x30 + (seconds % 10)));
    seconds /= 10;
  }
  out += digits;
  if (decimal) {
    putByte(0x2e);
    putByte(0x30);
  }
  return true;
}

/** `['192.0.2.1',\t1714557600.0,\t{'mlfid': '[7]', 'user': 'root', 'ip4': '192.0.2.1', 'dns': None, 'users': {'root'}}],` */
function writeRow(form: usize): bool {
  out = load<u32>(MATCHES, ROW_TEXT);
  outEnd = load<u32>(MATCHES, ROW_TEXT_END);
  const idLength: usize = load<u32>(MATCHES, ID_LENGTH);
  if (out + 64 + idLength > outEnd) return false;
  putByte(0x5b);
  putByte(0x27);
  if (idLength !== 0) put(load<u32>(MATCHES, ID), idLength);
  else {
    const ip4 = load<u32>(form, IP4);
    put(spanStart(ip4), spanEnd(ip4) - spanStart(ip4));
  }
  putByte(0x27);
  putByte(0x2c);
  putByte(0x09);
  if (!putTime() || out + 8 > outEnd) return false;
  putByte(0x2c);
  putByte(0x09);
  putByte(0x7b);
  if (!writeValues(form) || !writeUsers(form) || out + 8 > outEnd) return false;
  putByte(0x7d);
  putByte(0x5d);
  putByte(0x2c);
  putByte(0x0a);
  store<u32>(MATCHES, <u32>out, ROW_TEXT);
  return true;
}

function writeValues(form: usize): bool {
  const count = load<u32>(form, VALUE_COUNT);
  let value: usize = load<u32>(form, VALUES);
  for (let i: u32 = 0; i < count; i++, value += VALUE_BYTES) {
    const group = load<u32>(value);
    const from = spanStart(group);
    if (from < 0) {
      if (!put(load<u32>(value, 12), load<u32>(value, 16))) return false;
      continue;
    }
    if (!put(load<u32>(value, 4), load<u32>(value, 8))) return false;
    // Where the group stands in the row is where its span is from now on.
    const at = out;
    const end = spanEnd(group);
    if (!putPlain(from, end) || out + 8 > outEnd) return false;
    noteRowPlace(group, at);
    putByte(0x27);
  }
  return true;
}

/** Places of the groups in the row, behind their spans. */
function noteRowPlace(group: u32, at: usize): void {
  store<u32>(rowPlace(group), <u32>at);
}

function rowPlace(group: u32): usize {
  return <usize>load<u32>(MATCHES, SPANS) + 8 * 256 + ((<usize>group) << 2);
}

/** `users` is a group that fail2ban adds to those of a session. */
function writeUsers(form: usize): bool {
  const mlfid = load<i32>(form, MLFID);
  const user = load<i32>(form, USER);
  if (mlfid < 0 || spanStart(mlfid) < 0 || user < 0 || spanStart(user) < 0) return true;
  const from = spanStart(user);
  const end = spanEnd(user);
  if (from === end) return put(load<u32>(MATCHES, NO_USERS), load<u32>(MATCHES, NO_USERS_LENGTH));
  return (
    put(load<u32>(MATCHES, USERS), load<u32>(MATCHES, USERS_LENGTH)) &&
    putPlain(from, end) &&
    put(load<u32>(MATCHES, USERS_CLOSE), load<u32>(MATCHES, USERS_CLOSE_LENGTH))
  );
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
