import type { DumpableSettings } from '../dump.js';
import { pythonRepr, type StreamValue } from './python.js';
import { toStream } from './stream.js';

/** What `--dp` asks of Python's pretty printer. */
const widest = 1000;
const indent = 2;

/** The lines of `f2b --dp`: the command stream, what is longer than a thousand characters broken as Python's `pprint` does. */
export function renderPretty(settings: DumpableSettings): string[] {
  return toStream(settings).flatMap((command) => prettyLines(command));
}

/** One value as `pprint(value, width=1000, indent=2)` prints it. */
export function prettyLines(value: StreamValue): string[] {
  return format(value, 0, 0, 1).split('\n');
}

/**
 * @param column where the value begins
 * @param reserved characters that have to fit behind its last line
 */
function format(value: StreamValue, column: number, reserved: number, level: number): string {
  const whole = pythonRepr(value);
  if (lengthOf(whole) <= widest - column - reserved) return whole;
  if (typeof value === 'string') return formatText(value, column, reserved, level);
  if (!Array.isArray(value) || value.length === 0) return whole;
  const inner = column + indent;
  const items = (value as readonly StreamValue[]).map((item, index) =>
    format(item, inner, index === value.length - 1 ? reserved + 1 : 1, level + 1),
  );
  return `[${' '.repeat(indent - 1)}${items.join(`,\n${' '.repeat(inner)}`)}]`;
}

/** A long text becomes several literals below each other, broken behind newlines, then behind blanks. */
function formatText(text: string, column: number, reserved: number, level: number): string {
  const top = level === 1 ? 1 : 0;
  const width = widest - column - top;
  const chunks: string[] = [];
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  for (const [index, line] of lines.entries()) {
    const lastLine = index === lines.length - 1;
    const behind = lastLine ? reserved + top : 0;
    const whole = pythonRepr(line);
    if (lengthOf(whole) <= width - behind) {
      chunks.push(whole);
      continue;
    }
    const parts = (line.match(/\S*\s*/g) ?? []).filter((part) => part !== '');
    let current = '';
    for (const [at, part] of parts.entries()) {
      const room = width - (at === parts.length - 1 ? behind : 0);
      if (lengthOf(pythonRepr(current + part)) > room) {
        if (current) chunks.push(pythonRepr(current));
        current = part;
      } else current += part;
    }
    if (current) chunks.push(pythonRepr(current));
  }
  const body = chunks.join(`\n${' '.repeat(column + top)}`);
  return top && chunks.length > 1 ? `(${body})` : body;
}

/** Python counts characters, not UTF-16 units. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
