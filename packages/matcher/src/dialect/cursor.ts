/** A reading position in an expression, in whole characters; an escape `\x` counts as one token. */
import { RegexSyntaxError } from '../errors.js';

const hex = /^[0-9a-fA-F]$/;

export class Cursor {
  pos = 0;
  constructor(readonly source: string) {
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(source)) this.fail('bad escape (end of pattern)', source.length - 1);
  }

  get done(): boolean {
    return this.pos >= this.source.length;
  }

  /** The character (not token) at the position, '' at the end. */
  peek(): string {
    if (this.done) return '';
    return String.fromCodePoint(this.source.codePointAt(this.pos)!);
  }

  /** Takes one character, '' at the end. */
  take(): string {
    const char = this.peek();
    this.pos += char.length;
    return char;
  }

  /** Takes `text` if it comes next. */
  eat(text: string): boolean {
    if (!this.source.startsWith(text, this.pos)) return false;
    this.pos += text.length;
    return true;
  }

  /** Takes up to `most` hexadecimal digits. */
  takeHex(most: number): string {
    const from = this.pos;
    while (this.pos - from < most && hex.test(this.peek())) this.pos++;
    return this.source.slice(from, this.pos);
  }

  /** Takes up to `most` characters out of `set`. */
  takeOf(set: string, most: number): string {
    const from = this.pos;
    while (this.pos - from < most && !this.done && set.includes(this.peek())) this.pos++;
    return this.source.slice(from, this.pos);
  }

  /** Takes text up to `end`, which is taken too. */
  takeUntil(end: string, what: string): string {
    const from = this.pos;
    const at = this.source.indexOf(end, from);
    if (at < 0) {
      if (this.done) this.fail(`missing ${what}`, from);
      this.fail(`missing ${end}, unterminated name`, from);
    }
    if (at === from) this.fail(`missing ${what}`, from);
    this.pos = at + end.length;
    return this.source.slice(from, at);
  }

  /** Throws the syntax error that points at UTF-16 offset `at` (default: the position). */
  fail(reason: string, at: number = this.pos): never {
    throw new RegexSyntaxError(reason, this.source, at + 1);
  }
}
