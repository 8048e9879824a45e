import type { Bytes } from '@f2b/config';
import { isWide, TextBytes } from './text-bytes.js';

/** How far ahead lines are compared again where they differ, and how many bytes have to be the same there. */
const lookAhead: Bytes = 24;
const sameAgain: Bytes = 5;
/** Places in which a line may differ from the one before: the rest of it is written as it is. Lines are hostile, and comparing costs. */
const mostDifferences = 12;

/**
 * Some log lines of one attacker, oldest first. They look much alike (the second, the process and the port are others), so each is
 * written as what is taken over from the one before, what is passed over there, and what stands here instead, again and again.
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
      const head = from.readNumber();
      let before = this.#starts[at - 1] ?? 0;
      const until = this.#text.at + Math.floor(head / 2);
      this.#text.room(until);
      while (this.#text.at < until) {
        const same = from.readNumber();
        this.#text.writeBytes(this.#text.bytes, before, before + same);
        before += same + from.readNumber();
        const own = from.readNumber();
        this.#text.writeBytes(from.bytes, from.at, from.at + own);
        from.at += own;
      }
      this.#added(head % 2 === 1);
    }
  }

  #write(into: TextBytes, line: number, hasBefore: boolean): void {
    const { bytes } = this.#text;
    let at = this.#starts[line]!;
    const end = this.#starts[line + 1]!;
    const wide = this.#wide[line]!;
    into.writeNumber((end - at) * 2 + Number(wide));
    const beforeEnd = at;
    let before = hasBefore && wide === this.#wide[line - 1] ? this.#starts[line - 1]! : beforeEnd;
    for (let differences = 0; at < end; differences++) {
      let same = 0;
      while (at + same < end && before + same < beforeEnd && bytes[before + same] === bytes[at + same]) same++;
      at += same;
      before += same;
      let own = end - at;
      let passed = 0;
      const most = differences < mostDifferences && before < beforeEnd ? lookAhead : 0;
      search: for (let sum = 1; sum <= most; sum++) {
        for (let mine = 0; mine <= sum; mine++) {
          const there = before + sum - mine;
          if (at + mine + sameAgain > end || there + sameAgain > beforeEnd) continue;
          if (!sameBytes(bytes, at + mine, there)) continue;
          own = mine;
          passed = sum - mine;
          break search;
        }
      }
      into.writeNumber(same);
      into.writeNumber(passed);
      into.writeNumber(own);
      into.writeBytes(bytes, at, at + own);
      at += own;
      before += passed;
    }
  }
}

function sameBytes(bytes: Buffer, here: Bytes, there: Bytes): boolean {
  for (let at = 0; at < sameAgain; at++) if (bytes[here + at] !== bytes[there + at]) return false;
  return true;
}
