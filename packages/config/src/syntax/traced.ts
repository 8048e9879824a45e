import type { Origin } from '../settings.js';

/** From offset `at` on, the text was written at `origin` (until the next mark). */
export interface Mark {
  readonly at: number;
  readonly origin: Origin | undefined;
}

/**
 * Text that remembers where its parts were written, through interpolation and tag substitution. `marks` is sorted by
 * offset; the first stands at 0 (an empty list: nothing is known).
 */
export interface Traced {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** Text that was written in one place. */
export function traced(text: string, origin: Origin | undefined): Traced {
  return { text, marks: origin ? [{ at: 0, origin }] : [] };
}

/** Where the character at `offset` was written. */
export function originAt(value: Traced, offset: number): Origin | undefined {
  let found: Mark | undefined;
  for (const mark of value.marks) {
    if (mark.at > offset) break;
    found = mark;
  }
  return found?.origin;
}

/** Where the text begins. */
export function originOf(value: Traced): Origin | undefined {
  return value.marks[0]?.origin;
}

/** The part between two offsets, with its origins. */
export function slice(value: Traced, from: number, to: number): Traced {
  if (from === 0 && to >= value.text.length) return value;
  const marks: Mark[] = [];
  for (const mark of value.marks) {
    if (mark.at <= from) marks[0] = { at: 0, origin: mark.origin };
    else if (mark.at < to) marks.push({ at: mark.at - from, origin: mark.origin });
    else break;
  }
  return { text: value.text.slice(from, to), marks };
}

/** One text out of several. Empty parts leave no mark. */
export function concat(parts: readonly Traced[]): Traced {
  if (parts.length === 1) return parts[0]!;
  let text = '';
  const marks: Mark[] = [];
  for (const part of parts) {
    if (part.text === '') continue;
    for (const mark of part.marks) marks.push({ at: text.length + mark.at, origin: mark.origin });
    text += part.text;
  }
  return { text, marks };
}

/** The non-empty lines, each with the place where its first character was written. */
export function nonEmptyLines(value: Traced): { text: string; origin: Origin | undefined }[] {
  const lines: { text: string; origin: Origin | undefined }[] = [];
  let at = 0;
  for (const text of value.text.split('\n')) {
    if (text !== '') lines.push({ text, origin: originAt(value, at) });
    at += text.length + 1;
  }
  return lines;
}
