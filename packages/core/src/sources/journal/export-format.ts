import { isAscii } from 'node:buffer';

/** The fields of one entry, each with its values in their order. */
export type Fields = ReadonlyMap<string, readonly string[]>;

/** An entry with a field longer than this is left out, like an overlong line of a file: the memory for an entry is bounded. */
const maxFieldBytes = 64 * 1024;
/** Fields of an entry beyond these are left out. */
const maxFields = 256;
/** An entry whose values are longer than this together is left out. */
const maxEntryBytes = 256 * 1024;
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
  #fields = new Map<string, string[]>();
  #entryBytes = 0;
  /** All that is being read is ASCII. */
  #ascii = true;
  #leftOut = 0;
  /** Something of the entry was left out: then all of it is. */
  #overlong = false;

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
        this.#fields = new Map();
        this.#entryBytes = 0;
        this.#overlong = false;
        at++;
        continue;
      }
      const equals = equalsIn(text, at, end);
      const next = equals >= 0 ? this.#line(text, at, equals, end) : this.#binary(text, at, end);
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

  #line(text: string, at: number, equals: number, end: number): number {
    this.#add(text.slice(at, equals), text, equals + 1, end);
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
    const known = this.#fields.get(name);
    if (known !== undefined) known.push(value);
    else if (this.#fields.size < maxFields) this.#fields.set(name, [value]);
  }
}

/** @returns where the name of a field ends that stands on one line with its value; negative where its value is framed */
function equalsIn(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) if (text.charCodeAt(at) === 0x3d) return at;
  return -1;
}
