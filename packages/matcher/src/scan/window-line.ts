import type { LogEncoding } from '../encoding/encoding.js';
import type { LineTuple } from '../filter/dating.js';
import type { Block, LineSpan } from './block.js';

/** One line among the last ones: a place in the block until its text is asked for. */
export class WindowLine {
  /** Which failregex it has something for. */
  readonly somewhere: number;
  /** It is among the last lines still. */
  kept = true;
  /** A match has it. */
  taken = false;
  /** Number in the block under the scan; below 0 in an earlier one. */
  line: number;
  #block: Block | undefined;
  readonly #span: LineSpan;
  readonly #encoding: LogEncoding;
  /** Where the date stands in the block; undefined where `#tuple` is there from the first. */
  readonly #date: readonly [start: number, end: number] | undefined;
  #tuple: LineTuple | undefined;
  #content: string | undefined;

  constructor(
    somewhere: number,
    line: number,
    { block, span, encoding }: { readonly block: Block; readonly span: LineSpan; readonly encoding: LogEncoding },
    cut: LineTuple | readonly [start: number, end: number],
  ) {
    this.somewhere = somewhere;
    this.line = line;
    this.#block = block;
    this.#span = span;
    this.#encoding = encoding;
    if (cut.length === 3) this.#tuple = cut;
    else this.#date = cut;
  }

  /** The line as fail2ban divides it. */
  get tuple(): LineTuple {
    if (this.#tuple === undefined) {
      const { start } = this.#span;
      const [from, to] = this.#date!;
      const text = this.#block!.decode(this.#span, this.#encoding);
      this.#tuple = [text.slice(0, from - start), text.slice(from - start, to - start), text.slice(to - start)];
    }
    return this.#tuple;
  }

  /** What the expressions see of it, without the newline. */
  get content(): string {
    if (this.#content === undefined) {
      const [before, , after] = this.tuple;
      this.#content = before === '' ? after : before + after;
    }
    return this.#content;
  }

  /** The block goes. */
  settle(lines: number): void {
    void this.tuple;
    this.#block = undefined;
    this.line -= lines;
  }
}
