import type { Bytes } from '@f2b/config';
import { behindFirstNewline, behindLastNewline, type Newline } from '@f2b/matcher';

/** Cuts what comes through a pipe, in whatever pieces, into runs of whole lines. What it keeps is bounded. */
export class LineCutter {
  readonly #newline: Newline;
  readonly #maxLineBytes: Bytes;
  /** Called for each line that is longer than any that is read: nothing of it is handed out. */
  readonly #tooLong: () => void;
  /** The beginning of a line, in the pieces in which it came. */
  #begun: Buffer[] = [];
  #begunBytes: Bytes = 0;
  #skipping = false;

  constructor(newline: Newline, maxLineBytes: Bytes, tooLong: () => void) {
    this.#newline = newline;
    this.#maxLineBytes = maxLineBytes;
    this.#tooLong = tooLong;
  }

  /** @returns the lines that end within these bytes, with what was there of the first one before; undefined when none ends */
  push(piece: Buffer): Buffer | undefined {
    let bytes = piece;
    // A unit of two bytes may be torn: then where a newline stands is only known with what was there before.
    if (this.#newline.unit === 2 && this.#begunBytes > 0) bytes = this.#take(piece);
    if (this.#skipping) {
      const behind = behindFirstNewline(bytes, this.#newline);
      if (behind === 0) {
        if (this.#newline.unit === 2 && bytes.length % 2 === 1) this.#keep(bytes.subarray(-1));
        return undefined;
      }
      this.#skipping = false;
      bytes = bytes.subarray(behind);
    }
    const end = behindLastNewline(bytes, this.#newline);
    const lines = end === 0 ? undefined : this.#take(bytes.subarray(0, end));
    if (end < bytes.length) this.#keep(bytes.subarray(end));
    return lines;
  }

  /** Nothing more comes. @returns the last line, with the newline that it does not have; undefined when there is none */
  end(): Buffer | undefined {
    if (this.#skipping || this.#begunBytes === 0) return undefined;
    const { unit, newlineAt } = this.#newline;
    const newline = Buffer.alloc(unit);
    newline[newlineAt] = 0x0a;
    return this.#take(newline);
  }

  #take(more: Buffer): Buffer {
    const whole = this.#begunBytes === 0 ? more : Buffer.concat([...this.#begun, more]);
    this.#begun = [];
    this.#begunBytes = 0;
    return whole;
  }

  /** A copy: the piece may be a part of something large. */
  #keep(bytes: Buffer): void {
    this.#begun.push(Buffer.from(bytes));
    this.#begunBytes += bytes.length;
    if (this.#begunBytes <= this.#maxLineBytes || this.#skipping) return;
    this.#take(Buffer.alloc(0));
    this.#skipping = true;
    this.#tooLong();
  }
}
