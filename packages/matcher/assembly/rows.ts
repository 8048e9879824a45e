// The row of a match, as `f2b regex -o row` prints it, if it is an ordinary one.

import {
  formBeside,
  formBesideCount,
  formExcluded,
  formExcludedCount,
  formForgets,
  formHasRows,
  formIp4,
  formMlfid,
  formUser,
  formValueCount,
  formValues,
  matches,
  matchesId,
  matchesIdLength,
  matchesRowText,
  matchesRowTextEnd,
  matchesTimeText,
  matchesTimeTextLength,
  matchesUsers,
  matchesUsersClose,
  matchesUsersCloseLength,
  matchesUsersLength,
  valueBefore,
  valueBeforeLength,
  valueBytes,
  valueGroup,
  valueMissing,
  valueMissingLength,
} from '../src/memory-layout';
import { decimal, time } from './dates';
import { anyOf, noteRowPlace, spanEnd, spanStart } from './groups';

/** Rows are for a plain failure: not for a comment, nor for what a session has rules of its own for. */
export function mayHaveRow(form: usize, start: usize): bool {
  if (load<u32>(form, formHasRows) === 0 || load<u8>(start) === 0x23) return false;
  const mlfid = load<i32>(form, formMlfid);
  if (mlfid < 0 || spanStart(mlfid) < 0) {
    if (load<u32>(form, formForgets) !== 0) return false;
  } else if (spanStart(mlfid) === spanEnd(mlfid)) return false;
  return !anyOf(load<u32>(form, formExcluded), load<u32>(form, formExcludedCount));
}

/** Whether the identifier is an IPv4 address as it stands there. */
export function isPlainAddress(form: usize): bool {
  const ip4 = load<i32>(form, formIp4);
  if (ip4 < 0 || spanStart(ip4) < 0 || anyOf(load<u32>(form, formBeside), load<u32>(form, formBesideCount)))
    return false;
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
  const length: usize = load<u32>(matches, matchesTimeTextLength);
  if (length !== 0) return put(load<u32>(matches, matchesTimeText), length);
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
export function writeRow(form: usize): bool {
  out = load<u32>(matches, matchesRowText);
  outEnd = load<u32>(matches, matchesRowTextEnd);
  const idLength: usize = load<u32>(matches, matchesIdLength);
  if (out + 64 + idLength > outEnd) return false;
  putByte(0x5b);
  putByte(0x27);
  if (idLength !== 0) put(load<u32>(matches, matchesId), idLength);
  else {
    const ip4 = load<u32>(form, formIp4);
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
  store<u32>(matches, <u32>out, matchesRowText);
  return true;
}

function writeValues(form: usize): bool {
  const count = load<u32>(form, formValueCount);
  let value: usize = load<u32>(form, formValues);
  for (let i: u32 = 0; i < count; i++, value += valueBytes) {
    const group = load<u32>(value, valueGroup);
    const from = spanStart(group);
    if (from < 0) {
      if (!put(load<u32>(value, valueMissing), load<u32>(value, valueMissingLength))) return false;
      continue;
    }
    if (!put(load<u32>(value, valueBefore), load<u32>(value, valueBeforeLength))) return false;
    // Where the group stands in the row is where its span is from now on.
    const at = out;
    const end = spanEnd(group);
    if (!putPlain(from, end) || out + 8 > outEnd) return false;
    noteRowPlace(group, at);
    putByte(0x27);
  }
  return true;
}

/** `users` is a group that fail2ban adds to those of a session, unless the user's name is empty. */
function writeUsers(form: usize): bool {
  const mlfid = load<i32>(form, formMlfid);
  const user = load<i32>(form, formUser);
  if (mlfid < 0 || spanStart(mlfid) < 0 || user < 0 || spanStart(user) < 0) return true;
  const from = spanStart(user);
  const end = spanEnd(user);
  if (from === end) return true;
  return (
    put(load<u32>(matches, matchesUsers), load<u32>(matches, matchesUsersLength)) &&
    putPlain(from, end) &&
    put(load<u32>(matches, matchesUsersClose), load<u32>(matches, matchesUsersCloseLength))
  );
}
