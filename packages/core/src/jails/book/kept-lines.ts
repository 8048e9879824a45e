import type { Bytes } from '@f2b/config';
import { isWide, TextBytes } from './text-bytes.js';

/**
 * Some log lines of one attacker, oldest first. They look much alike, so each is written as what it has in common with the one before
 * (so many bytes at its beginning, so many at its end) and what stands between.
 */
export class KeptLines {
  readonly #text = new TextBytes();
  /** Where each begins; its end is the next one's beginning. */
  #starts: Bytes[] = [0];
  #wide: boolean[] = [];

  get count(): number {
    return this.#wide.length;
  }

  clear(): void {
    this.#text.begin();
    this.#starts.length = 1;
    this.#starts[0] = 0;
    this.#wide.length = 0;
  }

  add(line: string): void {
    const wide = isWide(line);
    this.#text.writeCharacters(line, wide);
    this.#added(wide);
  }

  #added(wide: boolean): void {
    this.#wide.push(wide);
    this.#starts.push(this.#text.at);
  }

  texts(): string[] {
    return this.#wide.map((wide, at) => {
      this.#text.at = this.#starts[at]!;
      return this.#text.readCharacters(this.#starts[at + 1]! - this.#starts[at]!, wide);
    });
  }

  /** @param most so many are written, the latest */
  write(into: TextBytes, most: number): void {
    const first = Math.max(0, this.count - most);
    into.writeNumber(this.count - first);
    for (let at = first; at < this.count; at++) this.#write(into, at, at > first);
  }

  /** What an earlier `write` has written. */
  read(from: TextBytes): void {
    this.clear();
    const count = from.readNumber();
    for (let at = 0; at < count; at++) {
      const before = this.#starts[at - 1] ?? 0;
      const behind = this.#starts[at]!;
      const same = from.readNumber();
      const sameAtEnd = from.readNumber();
      const head = from.readNumber();
      const length = Math.floor(head / 2);
      this.#text.room(this.#text.at + same + length + sameAtEnd);
      this.#text.writeBytes(this.#text.bytes, before, before + same);
      this.#text.writeBytes(from.bytes, from.at, from.at + length);
      from.at += length;
      this.#text.writeBytes(this.#text.bytes, behind - sameAtEnd, behind);
      this.#added(head % 2 === 1);
    }
  }

  #write(into: TextBytes, at: number, hasBefore: boolean): void {
    const { bytes } = this.#text;
    const start = this.#starts[at]!;
    const end = this.#starts[at + 1]!;
    let same = 0;
    let sameAtEnd = 0;
    if (hasBefore && this.#wide[at] === this.#wide[at - 1]) {
      const before = this.#starts[at - 1]!;
      const most = Math.min(start - before, end - start);
      while (same < most && bytes[before + same] === bytes[start + same]) same++;
      const rest = most - same;
      while (sameAtEnd < rest && bytes[start - 1 - sameAtEnd] === bytes[end - 1 - sameAtEnd]) sameAtEnd++;
    }
    into.writeNumber(same);
    into.writeNumber(sameAtEnd);
    into.writeNumber((end - start - same - sameAtEnd) * 2 + Number(this.#wide[at]));
    into.writeBytes(bytes, start + same, end - sameAtEnd);
  }
}
