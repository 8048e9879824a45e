import { createHash } from 'node:crypto';
import type { Bytes } from '@f2b/config';
import { behindFirstNewline, behindLastNewline, type Newline, wholeUnits } from '@f2b/matcher';
import type { FileMark } from '../source.js';
import type { Files } from './files.js';

const searchBytes: Bytes = 64 * 1024;

/** The bytes of one open file, in whichever encoding its lines are. Memory is bounded by a search buffer, whatever the file holds. */
export class FileBytes {
  readonly #files: Files;
  readonly #fd: number;
  readonly #newline: Newline;

  constructor(files: Files, fd: number, newline: Newline) {
    this.#files = files;
    this.#fd = fd;
    this.#newline = newline;
  }

  get size(): Bytes {
    return this.#files.state(this.#fd).size;
  }

  /** Fills `into`; gives the count of bytes that were there. */
  read(into: Buffer, position: Bytes): Bytes {
    return this.#files.read(this.#fd, into, position);
  }

  /** Less than asked for where the file ends. */
  at(from: Bytes, to: Bytes): Buffer {
    const buffer = Buffer.alloc(to - from);
    return buffer.subarray(0, this.read(buffer, from));
  }

  holds(expected: Buffer, at: Bytes): boolean {
    return expected.length === 0 || this.at(at, at + expected.length).equals(expected);
  }

  /** Whether it has what a process had read that stopped at a place. */
  holdsBefore(place: FileMark): boolean {
    const { offset } = place;
    const marker = Buffer.from(place.marker, 'base64');
    const head = Buffer.from(place.head, 'base64');
    if (this.size < offset || marker.length > offset) return false;
    return this.holds(head, 0) && this.holds(marker, offset - marker.length);
  }

  /** Offset behind the last newline in [from, to); undefined when there is none. */
  behindLastNewline(from: Bytes, to: Bytes): Bytes | undefined {
    const whole = wholeUnits(to - from, this.#newline);
    const chunk = Buffer.allocUnsafe(Math.min(searchBytes, whole));
    for (let end = from + whole; end > from; ) {
      const start = Math.max(from, end - chunk.length);
      const got = this.read(chunk.subarray(0, end - start), start);
      const behind = behindLastNewline(chunk, this.#newline, 0, got);
      if (behind > 0) return start + behind;
      end = start;
    }
    return undefined;
  }

  /**
   * The digest that fail2ban's database knows a log by: SHA-1 of its first line with its newline, in hex. Empty when there is no whole
   * line, or none within 64 KiB, or it cannot be read: the next reading tells why.
   */
  firstLine(): string {
    let first: Buffer;
    try {
      first = this.at(0, searchBytes);
    } catch {
      return '';
    }
    const end = behindFirstNewline(first, this.#newline);
    return end === 0 ? '' : createHash('sha1').update(first.subarray(0, end)).digest('hex');
  }
}
