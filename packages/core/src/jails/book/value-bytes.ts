import type { GroupValue } from '@f2b/matcher';
import type { TextBytes } from './text-bytes.js';

/** Writes a group: a text is 0 and the text; a list is its length and 1, and its parts, each 0 for none or 1 and the text. */
export function writeValue(into: TextBytes, value: GroupValue): void {
  if (typeof value === 'string') {
    into.writeNumber(0);
    into.writeText(value);
    return;
  }
  into.writeNumber(value.length + 1);
  for (const part of value) {
    into.writeNumber(part === null ? 0 : 1);
    if (part !== null) into.writeText(part);
  }
}

export function readValue(from: TextBytes): GroupValue {
  const kind = from.readNumber();
  if (kind === 0) return from.readText();
  return many(kind - 1, () => (from.readNumber() === 0 ? null : from.readText()));
}

/** So many of what `one` reads. */
export function many<T>(count: number, one: () => T): T[] {
  const all: T[] = [];
  for (let at = 0; at < count; at++) all.push(one());
  return all;
}
