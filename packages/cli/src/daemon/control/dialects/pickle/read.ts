import type { Bytes } from '@f2b/config';

/** What a pickle of plain data says. A tuple is read as a list, bytes as a text. */
export type Pickled = string | number | boolean | null | Pickled[] | Map<Pickled, Pickled>;

/** How deep lists may stand in one another. */
const mostDepth = 32;

/** A text or number may be no longer; the request as a whole is bounded where it is read. */
const mostDigits: Bytes = 300;

export class PickleError extends Error {}

const mark = Symbol('mark');
type Stacked = Pickled | typeof mark;

/** Reads bytes from front to end; past the end it throws. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: Bytes): Buffer {
    const from = this.#at;
    if (length < 0 || length > this.#bytes.length - from) throw new PickleError('pickle data was truncated');
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  /** Up to a newline, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError('pickle data was truncated');
    const text = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 1;
    return text;
  }
}

/**
 * Reads a pickle of any protocol, 0 to 5, as long as it says nothing but data: lists, tuples, dictionaries, texts, bytes, numbers, booleans and None.
 * Whatever would name or call something of Python's is refused; nothing is ever run.
 * @throws PickleError
 */
export function readPickle(bytes: Buffer): Pickled {
  return new Unpickler(bytes).read();
}

class Unpickler {
  readonly #from: Cursor;
  readonly #stack: Stacked[] = [];
  readonly #memo = new Map<number, Pickled>();
  readonly #depth = new Map<Pickled, number>();

  constructor(bytes: Buffer) {
    this.#from = new Cursor(bytes);
  }

  read(): Pickled {
    for (;;) {
      const code = this.#from.byte();
      if (code === 0x2e) return this.#pop();
      this.#step(String.fromCharCode(code), code);
    }
  }

  #step(letter: string, code: number): void {
    const from = this.#from;
    switch (letter) {
      case '\x80':
        if (from.byte() > 5) throw new PickleError('unsupported pickle protocol');
        return;
      case '\x95':
        from.take(8);
        return;
      case '(':
        this.#stack.push(mark);
        return;
      case ')':
      case ']':
        return this.#push([]);
      case '}':
        return this.#push(new Map());
      case 'l':
      case 't':
        return this.#push(this.#collect(this.#sinceMark()));
      case '\x85':
      case '\x86':
      case '\x87':
        return this.#push(this.#collect(this.#popMany(code - 0x84)));
      case 'd': {
        const pairs = this.#sinceMark();
        this.#push(new Map());
        return this.#setAll(pairs);
      }
      case 'a':
        return this.#appendAll([this.#pop()]);
      case 'e':
        return this.#appendAll(this.#sinceMark());
      case 's':
        return this.#setAll(this.#popMany(2));
      case 'u':
        return this.#setAll(this.#sinceMark());
      case 'N':
        return this.#push(null);
      case '\x88':
        return this.#push(true);
      case '\x89':
        return this.#push(false);
      default:
        if (!this.#number(letter) && !this.#text(letter) && !this.#remember(letter)) {
          throw new PickleError(`opcode 0x${code.toString(16).padStart(2, '0')} is not data`);
        }
    }
  }

  #number(letter: string): boolean {
    const from = this.#from;
    switch (letter) {
      case 'K':
        this.#push(from.byte());
        return true;
      case 'M':
        this.#push(from.take(2).readUInt16LE());
        return true;
      case 'J':
        this.#push(from.take(4).readInt32LE());
        return true;
      case 'G':
        this.#push(from.take(8).readDoubleBE());
        return true;
      case 'I': {
        const text = from.line();
        this.#push(text === '01' ? true : text === '00' ? false : numberOf(text));
        return true;
      }
      case 'L':
        this.#push(numberOf(from.line().replace(/L$/, '')));
        return true;
      case 'F':
        this.#push(numberOf(from.line()));
        return true;
      case '\x8a':
        this.#push(longOf(from.take(from.byte())));
        return true;
      default:
        return false;
    }
  }

  #text(letter: string): boolean {
    const length = this.#textLength(letter);
    if (length !== undefined) {
      this.#push(this.#from.take(length).toString('utf8'));
      return true;
    }
    if (letter === 'V') this.#push(unescaped(this.#from.line(), /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g));
    else if (letter === 'S') {
      const quoted = /^(['"])(.*)\1$/s.exec(this.#from.line());
      if (quoted === null) throw new PickleError('the STRING opcode argument must be quoted');
      this.#push(unescaped(quoted[2]!, /\\x([0-9a-fA-F]{2})|\\([\\'"nrt])/g));
    } else return false;
    return true;
  }

  /** Of texts and bytes that say their length. */
  #textLength(letter: string): Bytes | undefined {
    switch (letter) {
      case '\x8c':
      case 'U':
      case 'C':
        return this.#from.byte();
      case 'X':
      case 'T':
      case 'B':
        return this.#from.take(4).readUInt32LE();
      case '\x8d':
      case '\x8e':
        return Number(this.#from.take(8).readBigUInt64LE());
      default:
        return undefined;
    }
  }

  #remember(letter: string): boolean {
    const from = this.#from;
    switch (letter) {
      case '\x94':
        this.#memo.set(this.#memo.size, this.#top());
        return true;
      case 'p':
        this.#memo.set(numberOf(from.line()), this.#top());
        return true;
      case 'q':
        this.#memo.set(from.byte(), this.#top());
        return true;
      case 'r':
        this.#memo.set(from.take(4).readUInt32LE(), this.#top());
        return true;
      case 'g':
        this.#push(this.#known(numberOf(from.line())));
        return true;
      case 'h':
        this.#push(this.#known(from.byte()));
        return true;
      case 'j':
        this.#push(this.#known(from.take(4).readUInt32LE()));
        return true;
      default:
        return false;
    }
  }

  #known(index: number): Pickled {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleError(`memo value not found at index ${index}`);
    return value;
  }

  #push(value: Pickled): void {
    this.#stack.push(value);
  }

  #top(): Pickled {
    const value = this.#stack.at(-1);
    if (value === undefined || value === mark) throw new PickleError('the stack is empty');
    return value;
  }

  #pop(): Pickled {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): Pickled[] {
    const values = Array.from({ length: count }, () => this.#pop());
    return values.reverse();
  }

  #sinceMark(): Pickled[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw new PickleError('could not find a mark');
    const values = this.#stack.splice(at).slice(1) as Pickled[];
    return values;
  }

  #collect(values: Pickled[]): Pickled[] {
    for (const value of values) this.#nest(values, value);
    return values;
  }

  #appendAll(values: readonly Pickled[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new PickleError('something is appended to what is no list');
    for (const value of values) {
      this.#nest(list, value);
      list.push(value);
    }
  }

  #setAll(pairs: readonly Pickled[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || pairs.length % 2 !== 0) throw new PickleError('keys and values do not pair up');
    for (let index = 0; index < pairs.length; index += 2) {
      this.#nest(map, pairs[index + 1]!);
      map.set(pairs[index]!, pairs[index + 1]!);
    }
  }

  #nest(outer: Pickled, inner: Pickled): void {
    if (typeof inner !== 'object' || inner === null) return;
    const depth = Math.max(this.#depth.get(outer) ?? 1, (this.#depth.get(inner) ?? 1) + 1);
    if (depth > mostDepth) throw new PickleError(`lists stand more than ${mostDepth} deep in one another`);
    this.#depth.set(outer, depth);
  }
}

function numberOf(text: string): number {
  const value = text.length > mostDigits || text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new PickleError('invalid number');
  return value;
}

/** Two's complement, the lowest byte first. */
function longOf(bytes: Buffer): number {
  if (bytes.length === 0) return 0;
  const unsigned = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  return Number(BigInt.asIntN(bytes.length * 8, unsigned));
}

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string, escapes: RegExp): string {
  return text.replace(escapes, (_, first: string | undefined, second: string | undefined) => {
    if (first !== undefined) return String.fromCharCode(Number.parseInt(first, 16));
    if (second!.length === 1) return letters[second!] ?? second!;
    const code = Number.parseInt(second!, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}
