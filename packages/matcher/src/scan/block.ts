import { isAscii } from 'node:buffer';
import type { Bytes } from '@f2b/config';
import type { LogEncoding } from '../encoding/encoding.js';
import { behindFirstNewline, type Newline } from '../encoding/newline.js';

/** One line of a block: where it stands, newline and carriage returns not included. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
  /** Where the next line starts. */
  readonly next: number;
}

/** Turning this many bytes into a string costs what cutting out one line does. */
const bytesPerCutOut = 500;

/**
 * A block of whole lines as the scan sees it: its bytes, and (once a line of it matters) the same bytes as a string of one character per
 * byte, out of which lines are cut without copying. Text behind the last newline is a line too.
 */
export class Block {
  readonly bytes: Buffer;
  #text: string | undefined;
  #ascii: boolean | undefined;
  #cutOut = 0;
  readonly #encoding: Newline;

  constructor(bytes: Uint8Array, encoding: Newline) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#encoding = encoding;
  }

  get length(): Bytes {
    return this.bytes.length;
  }

  /** Bytes of a code unit. */
  get unit(): number {
    return this.#encoding.unit;
  }

  /** One character per byte. */
  get text(): string {
    this.#text ??= this.bytes.toString('latin1');
    return this.#text;
  }

  /** Index behind the first newline at or after `from`; 0: there is none. */
  #behindNewline(from: number): number {
    // The text is there in any case, and searching it costs no call out of JavaScript.
    return this.unit === 1 ? this.text.indexOf('\n', from) + 1 : behindFirstNewline(this.bytes, this.#encoding, from);
  }

  /** The line that starts at `start`. */
  lineAt(start: number): LineSpan {
    const { unit } = this.#encoding;
    const behind = this.#behindNewline(start);
    let end = behind === 0 ? this.length : behind - unit;
    const next = behind === 0 ? this.length : behind;
    if (unit === 1) while (end > start && this.text.charCodeAt(end - 1) === 0x0d) end--;
    return { start, end, next };
  }

  /** Start of the line in which position `at` stands (for encodings of one-byte units). */
  startOfLine(at: number): number {
    const { bytes } = this;
    let start = at;
    while (start > 0 && bytes[start - 1] !== 0x0a) start--;
    return start;
  }

  /** A line known by its first byte and its newline (or the block's end), carriage returns taken off. */
  span(start: number, newline: number): LineSpan {
    const { unit } = this.#encoding;
    let end = newline;
    if (unit === 1) while (end > start && this.bytes[end - 1] === 0x0d) end--;
    return { start, end, next: Math.min(newline + unit, this.length) };
  }

  /** A line's text; plain slices where it is ASCII. */
  decode(line: LineSpan, encoding: LogEncoding): string {
    if (encoding.asciiBytes && this.isAsciiLine(line)) return this.#latin1(line);
    const text = encoding.decode(this.bytes.subarray(line.start, line.end));
    return encoding.unit === 2 ? text.replace(/[\r\n]+$/, '') : text;
  }

  /** A few lines are cut out one by one; where many are wanted, the whole block as a string is cheaper. */
  #latin1({ start, end }: LineSpan): string {
    if (this.#text === undefined && ++this.#cutOut * bytesPerCutOut < this.length)
      return this.bytes.toString('latin1', start, end);
    return this.text.slice(start, end);
  }

  isAsciiLine(line: LineSpan): boolean {
    this.#ascii ??= isAscii(this.bytes);
    return this.#ascii || isAscii(this.bytes.subarray(line.start, line.end));
  }

  /** What fail2ban-regex leaves out of files: an empty line, or one that starts with `#`. */
  isComment(line: LineSpan): boolean {
    return line.end === line.start || this.bytes[line.start] === 0x23;
  }
}
