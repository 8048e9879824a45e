import type { Assertion, Node } from '../../dialect/tree.js';
import { wordSet } from '../../dialect/unicode.js';
import type { Alphabet, Bits } from './alphabet.js';
import { $c, $end, $from, $p } from './frame.js';
import {
  both,
  type Code,
  differ,
  differ64,
  either,
  equal,
  get,
  greater,
  greaterOrEqual,
  i32,
  i64,
  less,
  loadByte,
  loadDouble,
  loadHalf,
  loadWord,
  minus,
  not,
  plus,
  set,
  shiftRight,
} from './instructions.js';
import { isMember } from './membership.js';
import { Declined, type Workspace } from './workspace.js';

const newline = 0x0a;

/** What a matching function asks about the text at a place, in the text's alphabet. */
export class TextTests {
  readonly #alphabet: Alphabet;
  readonly #workspace: Workspace;

  constructor(alphabet: Alphabet, workspace: Workspace) {
    this.#alphabet = alphabet;
    this.#workspace = workspace;
  }

  /** Bytes of a character. */
  get unit(): number {
    return this.#alphabet.unit;
  }

  /** The character at an address. */
  load(address: Code): Code {
    return this.unit === 1 ? loadByte(address) : loadHalf(address);
  }

  /** Whether a character is of a kind. */
  isMember(bits: Bits, code: Code): Code {
    return isMember(bits, code, this.#alphabet, this.#workspace);
  }

  /** Whether the character at `p` is not of a kind, or there is none. What lies behind the text can be read, and means nothing. */
  isNot(bits: Bits): Code {
    return [set($c, this.load(get($p))), either(greaterOrEqual(get($p), get($end)), not(this.isMember(bits, get($c))))];
  }

  /** On by so many characters. */
  forward(characters: number): Code {
    return set($p, plus(get($p), i32(characters * this.unit)));
  }

  /** Codes of the run of single characters that starts at `items[from]`. */
  literalFrom(items: readonly Node[], from: number): number[] {
    const codes: number[] = [];
    for (let i = from; i < items.length; i++) {
      const item = items[i]!;
      const only = item.kind === 'char' ? this.#alphabet.onlyCode(item.set) : undefined;
      if (only === undefined) break;
      codes.push(only);
    }
    return codes;
  }

  /** Whether the text at a place is not this one; eight bytes are compared at once. */
  differsAt(place: number, codes: readonly number[]): Code {
    const bytes = codes.flatMap((code) => (this.unit === 1 ? [code] : [code & 0xff, code >> 8]));
    const tests: Code[] = [];
    let at = 0;
    for (; bytes.length - at >= 8; at += 8) {
      let value = 0n;
      for (let i = 7; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
      tests.push(differ64(loadDouble(get(place), at), i64(value)));
    }
    for (; bytes.length - at >= 4; at += 4) {
      const value = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      tests.push(differ(loadWord(get(place), at), i32(value)));
    }
    for (; bytes.length - at >= 2; at += 2) {
      tests.push(differ(loadHalf(get(place), at), i32(bytes[at]! | (bytes[at + 1]! << 8))));
    }
    if (at < bytes.length) tests.push(differ(loadByte(get(place), at), i32(bytes[at]!)));
    return tests.reduce(either);
  }

  /** Bytes as a number of characters. */
  characters(bytes: Code): Code {
    return this.unit === 1 ? bytes : shiftRight(bytes, i32(1));
  }

  /** Whether what needs no character holds at `p`. */
  assertion(what: Assertion): Code {
    const atEnd = equal(get($p), get($end));
    const atStart = equal(get($p), get($from));
    const newlineHere = equal(this.load(get($p)), i32(newline));
    const newlineBefore = equal(this.load(minus(get($p), i32(this.unit))), i32(newline));
    switch (what) {
      case 'start':
        return atStart;
      case 'end':
        return atEnd;
      case 'endOrFinalNewline':
        return either(atEnd, both(equal(get($p), minus(get($end), i32(this.unit))), newlineHere));
      case 'lineStart':
        return either(atStart, newlineBefore);
      case 'lineEnd':
        return either(atEnd, newlineHere);
      case 'wordBoundary':
        return differ(this.#wordBefore(), this.#wordHere());
      case 'notWordBoundary':
        // Python's \B never holds in an empty subject.
        return both(greater(get($end), get($from)), equal(this.#wordBefore(), this.#wordHere()));
      default:
        throw new Declined('ASCII word boundary');
    }
  }

  #wordBefore(): Code {
    return both(greater(get($p), get($from)), this.#isWord(minus(get($p), i32(this.unit))));
  }

  #wordHere(): Code {
    return both(less(get($p), get($end)), this.#isWord(get($p)));
  }

  #isWord(address: Code): Code {
    return [set($c, this.load(address)), this.isMember(this.#alphabet.bitsOf(wordSet), get($c))];
  }
}
