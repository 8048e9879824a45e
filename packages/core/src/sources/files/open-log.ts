import type { Bytes } from '@f2b/config';
import { behindFirstNewline, behindLastNewline, byteNewline, type Newline, wholeUnits } from '@f2b/matcher';
import type { LogPosition, RotationReason } from './block.js';
import type { FileState, Files } from './files.js';

const markerBytes: Bytes = 64;
const headBytes: Bytes = 256;
const searchBytes: Bytes = 64 * 1024;
/** What is skipped at one go: the rest waits, so that an endless line holds up nothing else. */
const skipAtOnce: Bytes = 16 * 1024 * 1024;
const noText = Buffer.alloc(searchBytes);

export interface ReadLimits {
  /** A block holds at most so many bytes. */
  readonly blockBytes: Bytes;
  /** Blocks up to this size are read at once; larger ones are left to whoever scans them. */
  readonly inlineBytes: Bytes;
  /** An unfinished line longer than this is skipped whole. At most `blockBytes`. */
  readonly maxLineBytes: Bytes;
  /** How lines end; one byte where nothing is said. */
  readonly newline?: Newline;
}

/** What an open log reports while it is read. */
export interface OpenLogEvents {
  /** The content was replaced under the descriptor; reading goes on at its beginning. */
  restarted(reason: RotationReason, size: Bytes, offset: Bytes): void;
  /** A line is longer than the limit and is skipped. */
  longLine(offset: Bytes): void;
}

/** A place in a file, and what tells whether the file still holds what was read before it. */
export interface Mark {
  readonly offset: Bytes;
  /** The at most 64 bytes before the offset. */
  readonly marker: Buffer;
  /** The at most 256 first bytes of the file. */
  readonly head: Buffer;
}

/** A run of whole lines. */
export interface LineRange {
  /** The place that the lines begin at, as it was when they were read: later the file may be rewritten. */
  readonly before: Mark;
  readonly start: Bytes;
  readonly end: Bytes;
  readonly bytes: Buffer | undefined;
}

/**
 * One open file and how far it has been read. It notices that the content before the offset has changed by comparing what it
 * remembers of it: the first bytes, and the bytes right before the offset. Memory is bounded by `inlineBytes`
 * and a search buffer, whatever the file holds.
 */
export class OpenLog {
  readonly fd: number;
  readonly identity: string;
  readonly #files: Files;
  readonly #limits: ReadLimits;
  readonly #events: OpenLogEvents;
  readonly #newline: Newline;
  /** All before it was handed out or skipped. */
  #offset: Bytes = 0;
  #marker: Buffer = Buffer.alloc(0);
  #head: Buffer = Buffer.alloc(0);
  /** No newline is known between the offset and here. */
  #searchedTo: Bytes = 0;
  /** Inside a line that is too long: where it began. */
  #skipping: { readonly mark: Mark } | undefined;
  /** A file that was truncated under a writer that keeps its offset begins with a hole of NUL bytes. */
  #mayHaveHole = false;
  /** Skipping has not come to the end of what is there. */
  #busy = false;

  constructor(files: Files, fd: number, state: FileState, limits: ReadLimits, events: OpenLogEvents) {
    this.#files = files;
    this.fd = fd;
    this.identity = state.identity;
    this.#limits = limits;
    this.#events = events;
    this.#newline = limits.newline ?? byteNewline;
  }

  /** `next` has given nothing only because there is much to skip: it wants to be called again. */
  get busy(): boolean {
    return this.#busy;
  }

  get links(): number {
    return this.#files.state(this.fd).links;
  }

  /** Starts reading at `start`, or at the beginning of the line that it lies in. */
  startAt(start: Bytes): void {
    const size = this.#files.state(this.fd).size;
    const wanted = Math.max(0, Math.min(start, size));
    const limit = this.#whole(Math.max(0, wanted - this.#limits.maxLineBytes));
    const lineStart = wanted === 0 ? 0 : this.#lastNewline(limit, wanted);
    if (lineStart === undefined && limit > 0) {
      // Inside a line that is longer than any that is read: nothing of it may be taken for a line.
      this.#moveTo(this.#whole(wanted));
      this.#skipping = { mark: this.#mark };
    } else {
      this.#moveTo(lineStart ?? 0);
    }
  }

  /** Goes on where an earlier process stopped. False, and nothing changes, when this file does not hold what that process read. */
  resume(position: LogPosition): boolean {
    const { offset } = position;
    const marker = Buffer.from(position.marker, 'base64');
    const head = Buffer.from(position.head, 'base64');
    if (this.#files.state(this.fd).size < offset || marker.length > offset || head.length > offset) return false;
    if (!this.#holds(head, 0) || !this.#holds(marker, offset - marker.length)) return false;
    // A position without any content to compare says nothing about which file it belongs to.
    if (marker.length === 0 && position.identity !== this.identity) return false;
    this.#moveTo(offset);
    return true;
  }

  /** Where reading stands; inside a line that is being skipped, that line's beginning. */
  get mark(): Mark {
    return this.#skipping?.mark ?? this.#mark;
  }

  get #mark(): Mark {
    return { offset: this.#offset, marker: this.#marker, head: this.#head };
  }

  /**
   * The next whole lines; undefined when there are none for now. An unfinished last line waits.
   * @throws Node's error when the file cannot be read
   */
  next(): LineRange | undefined {
    let { size } = this.#files.state(this.fd);
    const changed = this.#changed(size);
    if (changed !== undefined) {
      const { offset } = this.mark;
      this.#restart();
      this.#events.restarted(changed, size, offset);
      ({ size } = this.#files.state(this.fd));
    }
    this.#busy = false;
    if (this.#mayHaveHole && !this.#skipHole(size)) return undefined;
    for (;;) {
      if (this.#skipping !== undefined && !this.#skipLine(size)) return undefined;
      if (size <= this.#offset) return undefined;
      const lines = size - this.#offset > this.#limits.inlineBytes ? this.#range(size) : this.#inline(size);
      if (lines !== undefined || this.#skipping === undefined) return lines;
    }
  }

  /** Whether another file begins with the bytes that this one begins with. */
  beginsLike(fd: number): boolean {
    if (this.#head.length === 0) return false;
    const there = Buffer.alloc(this.#head.length);
    return this.#files.read(fd, there, 0) === there.length && there.equals(this.#head);
  }

  close(): void {
    this.#files.close(this.fd);
  }

  #changed(size: Bytes): RotationReason | undefined {
    if (size < this.#offset) return 'truncated';
    if (!this.#holds(this.#marker, this.#offset - this.#marker.length) || !this.#holds(this.#head, 0))
      return 'rewritten';
    return undefined;
  }

  #restart(): void {
    this.#offset = 0;
    this.#marker = Buffer.alloc(0);
    this.#head = Buffer.alloc(0);
    this.#searchedTo = 0;
    this.#skipping = undefined;
    this.#mayHaveHole = true;
  }

  /** Lines up to the end of what is there, or of what fits into a block; found without reading all of it. */
  #range(size: Bytes): LineRange | undefined {
    const start = this.#offset;
    const limit = Math.min(size, start + this.#limits.blockBytes);
    const end = this.#lastNewline(Math.max(start, this.#searchedTo), limit);
    if (end === undefined) {
      this.#unfinished(limit, size);
      return undefined;
    }
    if (end - start <= this.#limits.inlineBytes) return this.#inline(end);
    const before = this.#mark;
    this.#moveTo(end);
    return { before, start, end, bytes: undefined };
  }

  #inline(size: Bytes): LineRange | undefined {
    const start = this.#offset;
    // A line that grows byte by byte must not be read anew with every byte.
    const from = Math.max(start, this.#searchedTo);
    if (this.#lastNewline(from, size) === undefined) {
      this.#unfinished(size, size);
      return undefined;
    }
    const lead = this.#marker.length;
    const buffer = Buffer.allocUnsafe(lead + size - start);
    const got = this.#files.read(this.fd, buffer, start - lead);
    // Between the check and this reading the file may have been rewritten: then this is not what follows.
    if (!buffer.subarray(0, lead).equals(this.#marker)) return undefined;
    const behind = lead + behindLastNewline(buffer.subarray(lead, got), this.#newline);
    if (behind === lead) return undefined;
    const end = start + behind - lead;
    const before = this.#mark;
    this.#offset = end;
    this.#searchedTo = end;
    this.#marker = Buffer.from(buffer.subarray(Math.max(0, behind - markerBytes), behind));
    this.#keepHead();
    return { before, start, end, bytes: buffer.subarray(lead, behind) };
  }

  /** There is no newline between the offset and `searched`: wait for it, or give the line up. */
  #unfinished(searched: Bytes, size: Bytes): void {
    this.#searchedTo = this.#whole(searched);
    // A block that is full without a newline is a line that no block will ever hold.
    const full = searched < size;
    if (!full && searched - this.#offset <= this.#limits.maxLineBytes) return;
    const mark = this.#mark;
    this.#moveTo(this.#searchedTo);
    this.#skipping = { mark };
    this.#events.longLine(mark.offset);
  }

  /** Moves behind the end of the line that is too long. False when its end is not there yet. */
  #skipLine(size: Bytes): boolean {
    const chunk = Buffer.allocUnsafe(searchBytes);
    const skipping = this.#skipping;
    let at = this.#offset;
    const limit = Math.min(size, at + skipAtOnce);
    while (at < limit) {
      const got = this.#whole(this.#files.read(this.fd, chunk, at));
      if (got === 0) break;
      const behind = behindFirstNewline(chunk.subarray(0, got), this.#newline);
      if (behind > 0) {
        this.#moveTo(at + behind);
        return true;
      }
      at += got;
    }
    this.#busy = at >= limit && at < size;
    if (at > this.#offset) this.#moveTo(at);
    this.#skipping = skipping;
    return false;
  }

  /** Moves behind the NUL bytes that a rewritten file begins with. False when their end is not there yet. */
  #skipHole(size: Bytes): boolean {
    const chunk = Buffer.allocUnsafe(searchBytes);
    let at = this.#offset;
    const limit = Math.min(size, at + skipAtOnce);
    let text = -1;
    while (at < limit && text < 0) {
      const there = chunk.subarray(0, this.#files.read(this.fd, chunk, at));
      if (there.length === 0) break;
      text = there.equals(noText.subarray(0, there.length)) ? -1 : there.findIndex((byte) => byte !== 0);
      at += text < 0 ? there.length : this.#whole(text);
    }
    this.#busy = text < 0 && at >= limit && at < size;
    if (at > this.#offset) this.#moveTo(at);
    this.#mayHaveHole = text < 0;
    return text >= 0;
  }

  /** Bytes that make whole units. */
  #whole(bytes: Bytes): Bytes {
    return wholeUnits(bytes, this.#newline);
  }

  /** Offset behind the last newline in [from, to); undefined when there is none. */
  #lastNewline(from: Bytes, to: Bytes): Bytes | undefined {
    const whole = this.#whole(to - from);
    const chunk = Buffer.allocUnsafe(Math.min(searchBytes, whole));
    for (let end = from + whole; end > from; ) {
      const start = Math.max(from, end - chunk.length);
      const got = this.#files.read(this.fd, chunk.subarray(0, end - start), start);
      const behind = behindLastNewline(chunk.subarray(0, got), this.#newline);
      if (behind > 0) return start + behind;
      end = start;
    }
    return undefined;
  }

  #moveTo(offset: Bytes): void {
    this.#offset = offset;
    this.#searchedTo = offset;
    this.#skipping = undefined;
    this.#marker = this.#bytesAt(Math.max(0, offset - markerBytes), offset);
    this.#keepHead();
  }

  #keepHead(): void {
    const wanted = Math.min(headBytes, this.#offset);
    if (this.#head.length < wanted) this.#head = this.#bytesAt(0, wanted);
  }

  #bytesAt(from: Bytes, to: Bytes): Buffer {
    const buffer = Buffer.alloc(to - from);
    return buffer.subarray(0, this.#files.read(this.fd, buffer, from));
  }

  #holds(expected: Buffer, at: Bytes): boolean {
    if (expected.length === 0) return true;
    const there = Buffer.alloc(expected.length);
    return this.#files.read(this.fd, there, at) === expected.length && there.equals(expected);
  }
}
