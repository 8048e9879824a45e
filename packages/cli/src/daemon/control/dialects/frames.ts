import type { Bytes } from '@f2b/config';

/** Bytes as they come in, cut into frames. Pieces are joined once a frame is whole: a client that sends single bytes costs no more than any other. */
export class Frames {
  #pieces: Buffer[] = [];
  #length: Bytes = 0;
  /** Where the search for an end goes on, from the first byte that waits. */
  #searched: Bytes = 0;

  get length(): Bytes {
    return this.#length;
  }

  get first(): number | undefined {
    return this.#pieces[0]?.[0];
  }

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /** The first whole frame, without its end; undefined while none is there. */
  next(end: Buffer): Buffer | undefined {
    const at = this.#endAfter(end);
    if (at === undefined) return undefined;
    const whole = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    const rest = whole.subarray(at + end.length);
    this.clear();
    this.push(rest);
    return whole.subarray(0, at);
  }

  clear(): void {
    this.#pieces = [];
    this.#length = 0;
    this.#searched = 0;
  }

  /** Where the first end begins. Looks only at what came since the last search, and as far back as an end may reach. */
  #endAfter(end: Buffer): Bytes | undefined {
    const overlap = end.length - 1;
    const from = Math.max(0, this.#searched - overlap);
    if (this.#length - from < end.length) return undefined;
    const part: Buffer[] = [];
    let before = this.#length;
    for (let index = this.#pieces.length - 1; index >= 0 && before > from; index -= 1) {
      const piece = this.#pieces[index]!;
      before -= piece.length;
      part.unshift(before < from ? piece.subarray(from - before) : piece);
    }
    const found = (part.length === 1 ? part[0]! : Buffer.concat(part)).indexOf(end);
    this.#searched = this.#length;
    return found < 0 ? undefined : from + found;
  }
}
