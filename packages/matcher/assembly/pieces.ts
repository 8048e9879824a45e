// What a sink is told of a match, and what is written of it: the pieces that the sink asked for, if they are ordinary text.

import {
  fnvBasis,
  fnvPrime,
  formBeside,
  formBesideCount,
  formExcluded,
  formExcludedCount,
  formForgets,
  formIp4,
  formMlfid,
  formPieceCount,
  formPieces,
  formTold,
  kindAfter,
  kindBefore,
  kindDate,
  kindGroup,
  kindId,
  kindLine,
  kindText,
  matches,
  matchesId,
  matchesIdLength,
  matchesTimeText,
  matchesTimeTextLength,
  matchesWritten,
  matchesWrittenEnd,
  pieceAfter,
  pieceAfterLength,
  pieceBefore,
  pieceBeforeLength,
  pieceBesideGroup,
  pieceBytes,
  pieceDecimal,
  pieceFilled,
  pieceGroup,
  pieceKind,
  pieceMissing,
  pieceMissingLength,
  pieceNeeded,
  pieceSeparator,
  pieceSeparatorLength,
  pieceSpelling,
} from '../src/memory-layout';
import { copyShort, copySlack } from './copy';
import { dateEnd, dateStart, decimal, time } from './dates';
import { anyOf, spanEnd, spanStart } from './groups';

/** Plain is a failure by itself: not a comment, nor what a session has rules of its own for. */
export function mayBePlain(form: usize, start: usize): bool {
  if (load<u32>(form, formTold) === 0 || load<u8>(start) === 0x23) return false;
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

/** A number that is the same for all lines of a session: FNV-1a of its text, never 0. */
export function sessionOf(form: usize): u32 {
  const mlfid = load<i32>(form, formMlfid);
  if (mlfid < 0 || spanStart(mlfid) < 0) return 0;
  let hash: u32 = fnvBasis;
  const end = <usize>spanEnd(mlfid);
  for (let at = <usize>spanStart(mlfid); at < end; at++) hash = (hash ^ <u32>load<u8>(at)) * fnvPrime;
  return hash === 0 ? 1 : hash;
}

let out: usize = 0;
let outEnd: usize = 0;
/** Something that was asked for was missing. */
export let isPartial: bool = false;

function put(from: usize, length: usize): bool {
  if (out + length + copySlack > outEnd) return false;
  copyShort(out, from, length);
  out += length;
  return true;
}

/** Text that stands as it is in the notation of the piece; false for every other. */
function putSpelled(piece: usize, from: usize, end: usize): bool {
  if (out + (end - from) > outEnd) return false;
  const spelling: usize = load<u32>(piece, pieceSpelling);
  let to = out;
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at);
    if (load<u8>(spelling + <usize>byte) === 0) return false;
    store<u8>(to, byte);
    to++;
  }
  out = to;
  return true;
}

function putTime(withPoint: bool): bool {
  const length: usize = load<u32>(matches, matchesTimeTextLength);
  if (length !== 0) {
    const text: usize = load<u32>(matches, matchesTimeText);
    // `.0` at its end says that it is not zoned.
    const isWhole = length > 2 && load<u8>(text + length - 1) === 0x30 && load<u8>(text + length - 2) === 0x2e;
    return put(text, isWhole && !withPoint ? length - 2 : length);
  }
  let seconds = <u64>(time / 1000);
  let digits: usize = 1;
  for (let rest = seconds / 10; rest !== 0; rest /= 10) digits++;
  if (out + digits + 2 > outEnd) return false;
  for (let at = out + digits - 1; at >= out; at--) {
    store<u8>(at, <u8>(0x30 + (seconds % 10)));
    seconds /= 10;
  }
  out += digits;
  if (withPoint && decimal) {
    store<u8>(out, 0x2e);
    store<u8>(out, 0x30, 1);
    out += 2;
  }
  return true;
}

function putId(form: usize): bool {
  const length: usize = load<u32>(matches, matchesIdLength);
  if (length !== 0) return put(load<u32>(matches, matchesId), length);
  const ip4 = load<u32>(form, formIp4);
  return put(spanStart(ip4), spanEnd(ip4) - spanStart(ip4));
}

let isSeparated: bool = false;

function putGroup(piece: usize): bool {
  const group = load<i32>(piece, pieceGroup);
  const beside = load<i32>(piece, pieceBesideGroup);
  const from = group < 0 ? -1 : spanStart(group);
  const isMissing =
    from < 0 ||
    (load<u32>(piece, pieceFilled) !== 0 && from === spanEnd(group)) ||
    (beside >= 0 && spanStart(beside) < 0);
  if (isMissing) {
    if (load<u32>(piece, pieceNeeded) !== 0) isPartial = true;
    return put(load<u32>(piece, pieceMissing), load<u32>(piece, pieceMissingLength));
  }
  const separator: usize = load<u32>(piece, pieceSeparatorLength);
  if (separator !== 0) {
    if (isSeparated && !put(load<u32>(piece, pieceSeparator), separator)) return false;
    isSeparated = true;
  }
  return (
    put(load<u32>(piece, pieceBefore), load<u32>(piece, pieceBeforeLength)) &&
    putSpelled(piece, from, spanEnd(group)) &&
    put(load<u32>(piece, pieceAfter), load<u32>(piece, pieceAfterLength))
  );
}

function putPiece(form: usize, piece: usize, start: usize, end: usize): bool {
  const kind = load<u32>(piece, pieceKind);
  if (kind === kindText) return put(load<u32>(piece, pieceBefore), load<u32>(piece, pieceBeforeLength));
  if (kind === kindGroup) return putGroup(piece);
  if (kind === kindId) return putId(form);
  if (kind === kindLine) return putSpelled(piece, start, end);
  if (kind === kindBefore) return putSpelled(piece, start, dateStart);
  if (kind === kindDate) return putSpelled(piece, dateStart, dateEnd);
  if (kind === kindAfter) return putSpelled(piece, dateEnd, end);
  return putTime(load<u32>(piece, pieceDecimal) !== 0);
}

/** Writes the pieces of a match; false where one of them is out of the ordinary. */
export function writePieces(form: usize, start: usize, end: usize): bool {
  out = load<u32>(matches, matchesWritten);
  outEnd = load<u32>(matches, matchesWrittenEnd);
  isPartial = load<u32>(matches, matchesIdLength) !== 0;
  isSeparated = false;
  const count = load<u32>(form, formPieceCount);
  let piece: usize = load<u32>(form, formPieces);
  for (let i: u32 = 0; i < count; i++, piece += pieceBytes) if (!putPiece(form, piece, start, end)) return false;
  store<u32>(matches, <u32>out, matchesWritten);
  return true;
}
