import type { Origin } from '../settings.js';

/**
 * Text that remembers where each of its lines was written, through interpolation and tag substitution. `lines` holds the
 * origin of each line's beginning; where it is shorter than the text has lines, its last one stands for the rest.
 */
export interface Traced {
  readonly text: string;
  readonly lines: readonly (Origin | undefined)[];
}

/** Text that was written in one place. */
export function traced(text: string, origin: Origin | undefined): Traced {
  return { text, lines: [origin] };
}

/** Where the text begins. */
export function originOf(value: Traced): Origin | undefined {
  return value.lines[0];
}

function originOfLine(value: Traced, line: number): Origin | undefined {
  return value.lines[Math.min(line, value.lines.length - 1)];
}

function countNewlines(text: string, to = text.length): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Where the character at `offset` was written, as far as its line was written in one place. */
export function originAt(value: Traced, offset: number): Origin | undefined {
  const origin = originOfLine(value, countNewlines(value.text, offset));
  if (!origin) return undefined;
  const lineStart = offset === 0 ? 0 : value.text.lastIndexOf('\n', offset - 1) + 1;
  return { ...origin, column: origin.column + offset - lineStart };
}

/** The part between two offsets. Its first line keeps the origin of the whole line that it was cut from. */
export function slice(value: Traced, from: number, to: number): Traced {
  if (from === 0 && to >= value.text.length) return value;
  const text = value.text.slice(from, to);
  if (from === 0) return { text, lines: value.lines };
  if (value.lines.length === 1) return { text, lines: value.lines };
  const first = countNewlines(value.text, from);
  return { text, lines: value.lines.slice(Math.min(first, value.lines.length - 1)) };
}

/** One text out of several. A part that goes on in the middle of a line leaves that line its origin. */
export function concat(parts: readonly Traced[]): Traced {
  if (parts.length === 1) return parts[0]!;
  const texts: string[] = [];
  const lines: (Origin | undefined)[] = [undefined];
  let atLineStart = true;
  for (const part of parts) {
    if (part.text === '') continue;
    texts.push(part.text);
    if (atLineStart) lines[lines.length - 1] = part.lines[0];
    const newlines = countNewlines(part.text);
    for (let line = 1; line <= newlines; line++) lines.push(originOfLine(part, line));
    atLineStart = part.text.charCodeAt(part.text.length - 1) === 10;
  }
  return { text: texts.join(''), lines };
}

/** The text with every occurrence of `wanted` replaced. */
export function replaceAll(value: Traced, wanted: string, replacement: Traced): Traced {
  const whole = value.text;
  const first = whole.indexOf(wanted);
  if (first < 0) return value;
  if (first > 0 && !replacement.text.includes('\n') && !wanted.includes('\n') && !whole.includes(`\n${wanted}`)) {
    const after = first + wanted.length;
    const text =
      whole.indexOf(wanted, after) < 0
        ? whole.slice(0, first) + replacement.text + whole.slice(after)
        : whole.split(wanted).join(replacement.text);
    return { text, lines: value.lines };
  }
  const pieces = whole.split(wanted);
  const parts: Traced[] = [];
  let from = 0;
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) {
      parts.push(replacement);
      from += wanted.length;
    }
    parts.push(slice(value, from, from + piece.length));
    from += piece.length;
  }
  return concat(parts);
}

/** The non-empty lines, each with the place where it begins. */
export function nonEmptyLines(value: Traced): { text: string; origin: Origin | undefined }[] {
  const { text } = value;
  if (!text.includes('\n')) return text === '' ? [] : [{ text, origin: value.lines[0] }];
  const lines: { text: string; origin: Origin | undefined }[] = [];
  const written = text.split('\n');
  for (let index = 0; index < written.length; index++) {
    if (written[index] !== '') lines.push({ text: written[index]!, origin: originOfLine(value, index) });
  }
  return lines;
}
