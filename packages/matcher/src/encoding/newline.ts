import type { Bytes } from '@f2b/config';

const lineFeed = 0x0a;

/**
 * How an encoding ends a line: with a line feed of one byte, or with a unit of two bytes in which 0x0A stands first or second. Whoever
 * cuts bytes into lines asks here: in a two-byte encoding the byte 0x0A elsewhere is part of another character.
 */
export interface Newline {
  /** Bytes of one code unit: a newline is this many bytes, and stands at a multiple of them. */
  readonly unit: 1 | 2;
  /** Where in its unit the newline's 0x0A stands (1 for big-endian UTF-16). */
  readonly newlineAt: 0 | 1;
}

export const byteNewline: Newline = { unit: 1, newlineAt: 0 };

/** Whether the 0x0A at `at` ends a line. `bytes` begins at a unit's first byte. */
function endsLine(bytes: Uint8Array, at: number, { unit, newlineAt }: Newline): boolean {
  return unit === 1 || ((at & 1) === newlineAt && bytes[newlineAt === 1 ? at - 1 : at + 1] === 0);
}

/**
 * Index behind the first newline in `[from, to)`; 0: there is none. A newline whose unit is not whole before `to` is none yet.
 * @param bytes begin at a unit's first byte
 */
export function behindFirstNewline(bytes: Buffer, newline: Newline, from: Bytes = 0, to: Bytes = bytes.length): Bytes {
  const { unit, newlineAt } = newline;
  for (let at = bytes.indexOf(lineFeed, from); at >= 0 && at < to; at = bytes.indexOf(lineFeed, at + 1)) {
    const behind = at - newlineAt + unit;
    if (behind <= to && endsLine(bytes, at, newline)) return behind;
  }
  return 0;
}

/**
 * Index behind the last newline in `[from, to)`; 0: there is none.
 * @param bytes begin at a unit's first byte
 */
export function behindLastNewline(bytes: Buffer, newline: Newline, from: Bytes = 0, to: Bytes = bytes.length): Bytes {
  const { unit, newlineAt } = newline;
  for (let at = to - 1; at >= from; at--) {
    at = bytes.lastIndexOf(lineFeed, at);
    if (at < from) break;
    const behind = at - newlineAt + unit;
    if (behind <= to && endsLine(bytes, at, newline)) return behind;
  }
  return 0;
}

/** The largest multiple of the unit that is not above `bytes`. */
export function wholeUnits(bytes: Bytes, { unit }: Newline): Bytes {
  return bytes - (bytes % unit);
}
