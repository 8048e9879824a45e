import type { Bytes } from '@f2b/config';

const lineFeed = 0x0a;

/** How a log's encoding writes the end of a line: one byte, or a two-byte unit in which the line feed stands first or second. */
export interface NewlineKind {
  readonly unit: 1 | 2;
  /** Where in its unit the line feed stands. */
  readonly newlineAt: 0 | 1;
}

export const byteNewline: NewlineKind = { unit: 1, newlineAt: 0 };

/**
 * Index behind the last newline in `bytes`, 0 when there is none. For two-byte units, `bytes` begins at a unit's first byte:
 * the same byte elsewhere is part of another character.
 */
export function behindLastNewline(bytes: Buffer, { unit, newlineAt }: NewlineKind): Bytes {
  if (unit === 1) return bytes.lastIndexOf(lineFeed) + 1;
  for (let at = bytes.lastIndexOf(lineFeed); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(lineFeed, at - 1)) {
    if (isWide(bytes, at, newlineAt)) return at - newlineAt + 2;
  }
  return 0;
}

/** Index behind the first newline in `bytes`, 0 when there is none. */
export function behindFirstNewline(bytes: Buffer, { unit, newlineAt }: NewlineKind): Bytes {
  if (unit === 1) return bytes.indexOf(lineFeed) + 1;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    if (isWide(bytes, at, newlineAt)) return at - newlineAt + 2;
  }
  return 0;
}

function isWide(bytes: Buffer, at: number, newlineAt: 0 | 1): boolean {
  return (at & 1) === newlineAt && bytes[newlineAt === 1 ? at - 1 : at + 1] === 0;
}
