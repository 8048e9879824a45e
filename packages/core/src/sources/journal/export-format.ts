import { isAscii } from 'node:buffer';

/** The fields of one entry, each with its values in their order. */
export interface Fields extends Iterable<readonly [name: string, values: readonly string[]]> {
  /** All values of a field; undefined where the entry has none of that name. */
  get(name: string): readonly string[] | undefined;
  /** A field as one text, empty where there is none: one that the entry holds several times is joined with blanks. */
  text(name: string): string;
}

/** Few fields, looked up seldom: to walk over two lists costs a third of what it costs to make a map for each entry. */
class EntryFields implements Fields {
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  get size(): number {
    return this.#names.length;
  }

  add(name: string, value: string): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  text(name: string): string {
    const names = this.#names;
    const first = names.indexOf(name);
    if (first < 0) return '';
    return names.indexOf(name, first + 1) < 0 ? this.#values[first]! : this.get(name)!.join(' ');
  }

  get(name: string): readonly string[] | undefined {
    const values = this.#values.filter((_, i) => this.#names[i] === name);
    return values.length === 0 ? undefined : values;
  }

  *[Symbol.iterator](): Iterator<readonly [string, readonly string[]]> {
    for (const name of new Set(this.#names)) yield [name, this.get(name)!];
  }
}

/** An entry with a field longer than this is left out, like an overlong line of a file: the memory for an entry is bounded. */
const maxFieldBytes = 64 * 1024;
/** Values of an entry beyond these are left out. */
const maxFields = 256;
/** An entry whose values are longer than this together is left out. */
const maxEntryBytes = 256 * 1024;
/** systemd's own limit for names. */
const maxNameChars = 64;
/** A binary value stands behind its length, 8 bytes. */
const lengthBytes = 8;

/**
 * Reads systemd's export format as it comes, in whatever pieces. A field is `NAME=value` on a line, or, where the value holds line
 * ends or other control characters, `NAME`, a line end, the value's length and the value; a blank line ends the entry.
 */
export class ExportReader {
  /** What belongs to a field that is not there as a whole; one character per byte, as in all of this. */
  #rest = '';
  /** Bytes that are still to come of a value that is left out. */
  #skip = 0;
  /** Inside a line that is left out. */
  #skipLine = false;
  #fields = new EntryFields();
  #entryBytes = 0;
  /** All that is being read is ASCII. */
  #ascii = true;
  #leftOut = 0;
  /** Something of the entry was left out: then all of it is. */
  #overlong = false;
  /** Names in the order in which the last entries had them, each with its `=`: the next entry's are mostly the same ones. */
  readonly #expected: NameBefore[] = [];
  /** How many fields of the entry have been read. */
  #position = 0;

  /** Entries that were left out, because they or one of their values are too long. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** @returns the entries that end within these bytes */
  read(bytes: Buffer): Fields[] {
    const text = this.#rest + bytes.toString('latin1');
    this.#ascii = isAscii(bytes) && (this.#rest === '' || this.#ascii);
    const entries: Fields[] = [];
    let at = this.#skipped(text);
    while (at < text.length) {
      const end = text.indexOf('\n', at);
      if (end < 0) break;
      if (end === at) {
        if (this.#overlong) this.#leftOut++;
        else if (this.#fields.size > 0) entries.push(this.#fields);
        this.#fields = new EntryFields();
        this.#entryBytes = 0;
        this.#overlong = false;
        this.#position = 0;
        at++;
        continue;
      }
      const before = this.#nameAt(text, at, end);
      const next = before === undefined ? this.#binary(text, at, end) : this.#line(text, at, before, end);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > maxFieldBytes + 1024 && !this.#rest.includes('\n')) {
      this.#rest = '';
      this.#skipLine = true;
      this.#overlong = true;
    }
    return entries;
  }

  /** Passes over what is left out. @returns where the next field begins */
  #skipped(text: string): number {
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, text.length);
      this.#skip -= passed;
      return passed;
    }
    if (!this.#skipLine) return 0;
    const end = text.indexOf('\n');
    if (end < 0) return text.length;
    this.#skipLine = false;
    return end + 1;
  }

  /** @returns the name of a field that stands on one line with its value; undefined where its value is framed */
  #nameAt(text: string, at: number, end: number): NameBefore | undefined {
    const position = this.#position++;
    const guess = this.#expected[position];
    if (guess !== undefined && text.startsWith(guess.written, at)) return guess;
    const equals = equalsIn(text, at, end);
    if (equals < 0) return undefined;
    const written = text.slice(at, equals + 1);
    const found = this.#expected.find((one) => one.written === written) ?? nameBefore(written);
    if (position <= Math.min(this.#expected.length, maxFields) && written.length <= maxNameChars)
      this.#expected[position] = found;
    return found;
  }

  #line(text: string, at: number, { name, written }: NameBefore, end: number): number {
    this.#add(name, text, at + written.length, end);
    return end + 1;
  }

  /** @returns where the next field begins; undefined when the value is not there as a whole */
  #binary(text: string, at: number, end: number): number | undefined {
    const start = end + 1 + lengthBytes;
    if (text.length < start) return undefined;
    const length = Number(Buffer.from(text.slice(end + 1, start), 'latin1').readBigUInt64LE());
    if (length > maxFieldBytes) {
      // With the line end behind it.
      const there = Math.min(text.length - start, length + 1);
      this.#skip = length + 1 - there;
      this.#overlong = true;
      return start + there;
    }
    if (text.length < start + length + 1) return undefined;
    this.#add(text.slice(at, end), text, start, start + length);
    return start + length + 1;
  }

  #add(name: string, text: string, from: number, to: number): void {
    this.#entryBytes += to - from;
    if (to - from > maxFieldBytes || this.#entryBytes > maxEntryBytes) {
      this.#overlong = true;
      return;
    }
    const bytes = text.slice(from, to);
    const value = !this.#ascii && /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
    if (this.#fields.size < maxFields) this.#fields.add(name, value);
  }
}

/** A field's name. */
interface NameBefore {
  readonly name: string;
  /** As it stands before its value. */
  readonly written: string;
}

/** Texts of their own, so that nothing holds on to what they were cut from; as keys, they are compared by where they stand. */
function nameBefore(cut: string): NameBefore {
  const [written = ''] = Object.keys({ [cut]: 0 });
  const [name = ''] = Object.keys({ [cut.slice(0, -1)]: 0 });
  return { name, written };
}

/** @returns where the name of a field ends that stands on one line with its value; negative where its value is framed */
function equalsIn(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) if (text.charCodeAt(at) === 0x3d) return at;
  return -1;
}
