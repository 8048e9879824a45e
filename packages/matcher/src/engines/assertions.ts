/** Zero-width assertions at a position. */
import { asciiWordSet, wordSet } from '../dialect/unicode.js';
import { assertions, type SetTable } from './program.js';
import { memberAt, setTable } from './set-table.js';

const newline = 10;
const word = setTable(wordSet);
const asciiWord = setTable(asciiWordSet);

/** Whether assertion number `index` of `ASSERTIONS` holds in `subject` at `pos`. */
export function assertionHolds(index: number, subject: string, pos: number): boolean {
  switch (assertions[index]!) {
    case 'start':
      return pos === 0;
    case 'end':
      return pos === subject.length;
    case 'endOrFinalNewline':
      return pos === subject.length || (pos === subject.length - 1 && subject.charCodeAt(pos) === newline);
    case 'lineStart':
      return pos === 0 || subject.charCodeAt(pos - 1) === newline;
    case 'lineEnd':
      return pos === subject.length || subject.charCodeAt(pos) === newline;
    case 'wordBoundary':
      return boundary(word, subject, pos);
    case 'notWordBoundary':
      return subject.length > 0 && !boundary(word, subject, pos);
    case 'asciiWordBoundary':
      return boundary(asciiWord, subject, pos);
    case 'notAsciiWordBoundary':
      return subject.length > 0 && !boundary(asciiWord, subject, pos);
  }
}

function boundary(table: SetTable, subject: string, pos: number): boolean {
  const before = pos > 0 && memberAt(table, subject, characterBefore(subject, pos));
  const after = pos < subject.length && memberAt(table, subject, pos);
  return before !== after;
}

function characterBefore(subject: string, pos: number): number {
  const unit = subject.charCodeAt(pos - 1);
  if (unit < 0xdc00 || unit > 0xdfff || pos < 2) return pos - 1;
  const high = subject.charCodeAt(pos - 2);
  return high >= 0xd800 && high <= 0xdbff ? pos - 2 : pos - 1;
}
