import type { Bytes } from '@f2b/config';
import { behindFirstNewline, behindLastNewline, byteNewline, type Newline, wholeUnits } from '@f2b/matcher';
import type { FileMark, RotationReason } from '../source.js';
import { FileBytes } from './file-bytes.js';
import type { FileState } from './files.js';
import type { LogParts, Mark } from './log-parts.js';

const markerBytes: Bytes = 64;
const headBytes: Bytes = 256;
const searchBytes: Bytes = 64 * 1024;
/** What is skipped at one go: the rest waits, so that an endless line holds up nothing else. */
const skipAtOnce: Bytes = 16 * 1024 * 1024;
const noText = Buffer.alloc(searchBytes);

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
  /** Device and inode. */
  readonly identity: string;
  readonly #parts: LogParts;
  readonly #bytes: FileBytes;
  readonly #newline: Newline;
  #generation: number;
  /** All before it was handed out or skipped. */
  #offset: Bytes = 0;
  #marker: Buffer = Buffer.alloc(0);
  #head: Buffer = Buffer.alloc(0);
  /** Digest of the first line, once it is known. */
  #firstLine: string | undefined;
  /** Where reading stood when the content was last replaced. */
  #before: Mark | undefined;
  /** No newline is known between the offset and here. */
  #searchedTo: Bytes = 0;
  /** Inside a line that is too long: where it began. */
  #skipping: { readonly mark: Mark } | undefined;
  /** A file that was truncated under a writer that keeps its offset begins with a hole of NUL bytes. */
  #mayHaveHole = false;
  /** Content that nothing has been read of: whoever reads it looks first for what was there before. */
  #fresh = true;
  /** Skipping has not come to the end of what is there. */
  #moreToSkip = false;
  #closed = false;

  constructor(fd: number, state: FileState, parts: LogParts) {
    this.fd = fd;
    this.identity = state.identity;
    this.#parts = parts;
    this.#newline = parts.limits.newline ?? byteNewline;
    this.#bytes = new FileBytes(parts.files, fd, this.#newline);
    this.#generation = parts.nextGeneration();
  }

  /** Of the file, and of its content since it was last rewritten. */
  get generation(): number {
    return this.#generation;
  }

  get links(): number {
    return this.#parts.files.state(this.fd).links;
  }

  /** Digest of the first line; empty while there is none. */
  get firstLine(): string {
    if (this.#firstLine !== undefined) return this.#firstLine;
    const digest = this.#bytes.firstLine();
    // Before anything has been read, nobody notices when it is rewritten.
    if (this.#offset > 0 && digest !== '') this.#firstLine = digest;
    return digest;
  }

  /** Starts reading at `start`, or at the beginning of the line that it lies in. */
  startAt(start: Bytes): void {
    const { size } = this.#bytes;
    const wanted = Math.max(0, Math.min(start, size));
    const limit = this.#whole(Math.max(0, wanted - this.#parts.limits.maxLineBytes));
    const lineStart = wanted === 0 ? 0 : this.#bytes.behindLastNewline(limit, wanted);
    if (lineStart === undefined && limit > 0) {
      // Inside a line that is longer than any that is read: nothing of it may be taken for a line.
      this.#moveTo(this.#whole(wanted));
      this.#skipping = { mark: this.#mark };
    } else {
      this.#moveTo(lineStart ?? 0);
    }
  }

  /**
   * Whether this file holds what was read when reading stood there.
   * @param itself the mark was made in this file, as far as its name for the system tells
   */
  holds(mark: FileMark, itself: boolean): boolean {
    // A mark without any content to compare says nothing about which file it belongs to.
    return (mark.head !== '' || itself) && this.#bytes.holdsBefore(mark);
  }

  /** Whether all that is in it was read in another file when reading stood there: a copy that was made before. */
  isReadCopy({ head, offset }: FileMark): boolean {
    const begins = Buffer.from(head, 'base64');
    return begins.length > 0 && this.#bytes.size <= offset && this.#bytes.holds(begins, 0);
  }

  /** Whether lines that were to be read later are still where they were: `after` and `generation` as when they were found. */
  stillHolds(after: Mark, generation: number): boolean {
    const { offset, marker, head } = after;
    if (this.#generation !== generation || this.#bytes.size < offset) return false;
    return this.#bytes.holds(marker, offset - marker.length) && this.#bytes.holds(head, 0);
  }

  /** Goes on from there. */
  resume({ offset }: FileMark): void {
    this.#moveTo(offset);
  }

  /** Where reading stood when the content was last replaced: a copy of the file may be read on from there. */
  get replaced(): Mark | undefined {
    return this.#before;
  }

  /** Where reading stands; inside a line that is being skipped, that line's beginning. */
  get mark(): Mark {
    return this.#skipping?.mark ?? this.#mark;
  }

  get #mark(): Mark {
    return { offset: this.#offset, marker: this.#marker, head: this.#head };
  }

  /**
   * @returns the next whole lines; undefined when there are none for now: an unfinished last line waits; `again`: only because there
   * is much to skip; `fresh`: nothing has been read of this content; the next call does
   * @throws Node's error when the file cannot be read
   */
  next(): LineRange | 'again' | 'fresh' | undefined {
    const lines = this.#next();
    if (lines === 'fresh') return lines;
    // Whoever keeps a failure of these lines knows the file by it: from here on it stays what it is.
    if (lines !== undefined) this.#firstLine ??= this.#bytes.firstLine();
    if (lines === undefined) return this.#moreToSkip ? 'again' : undefined;
    // The beginning of a file is known by what follows: a copy of it may be all that is left before any of it is settled.
    return lines.start === 0 ? { ...lines, before: { ...lines.before, head: this.#head } } : lines;
  }

  #next(): LineRange | 'fresh' | undefined {
    const { size } = this.#bytes;
    const changed = this.#changed(size);
    if (changed !== undefined) {
      this.#before = this.mark;
      const { offset } = this.#before;
      this.#restart();
      this.#parts.tell({ kind: 'rotated', log: this.#parts.log, reason: changed, size, offset });
      return 'fresh';
    }
    if (this.#fresh && size > 0) {
      this.#fresh = false;
      if (this.#offset === 0) return 'fresh';
    }
    this.#moreToSkip = false;
    if (this.#mayHaveHole && !this.#skipHole(size)) return undefined;
    for (;;) {
      if (this.#skipping !== undefined && !this.#skipLine(size)) return undefined;
      if (size <= this.#offset) return undefined;
      const lines = size - this.#offset > this.#parts.limits.inlineBytes ? this.#range(size) : this.#inline(size);
      if (lines !== undefined || this.#skipping === undefined) return lines;
    }
  }

  /** May be called again. What was read is remembered. */
  close(): void {
    if (this.#closed) return;
    this.#firstLine = this.firstLine;
    this.#closed = true;
    this.#parts.files.close(this.fd);
  }

  #changed(size: Bytes): RotationReason | undefined {
    if (size < this.#offset) return 'truncated';
    if (!this.#bytes.holds(this.#marker, this.#offset - this.#marker.length) || !this.#bytes.holds(this.#head, 0))
      return 'rewritten';
    return undefined;
  }

  #restart(): void {
    this.#generation = this.#parts.nextGeneration();
    this.#firstLine = undefined;
    this.#offset = 0;
    this.#marker = Buffer.alloc(0);
    this.#head = Buffer.alloc(0);
    this.#searchedTo = 0;
    this.#skipping = undefined;
    this.#mayHaveHole = true;
    this.#fresh = true;
  }

  /** Lines up to the end of what is there, or of what fits into a block; found without reading all of it. */
  #range(size: Bytes): LineRange | undefined {
    const start = this.#offset;
    const limit = Math.min(size, start + this.#parts.limits.blockBytes);
    const end = this.#bytes.behindLastNewline(Math.max(start, this.#searchedTo), limit);
    if (end === undefined) {
      this.#unfinished(limit, size);
      return undefined;
    }
    if (end - start <= this.#parts.limits.inlineBytes) return this.#inline(end);
    const before = this.#mark;
    this.#moveTo(end);
    return { before, start, end, bytes: undefined };
  }

  #inline(size: Bytes): LineRange | undefined {
    const start = this.#offset;
    // A line that grows byte by byte must not be read anew with every byte.
    const from = Math.max(start, this.#searchedTo);
    if (this.#bytes.behindLastNewline(from, size) === undefined) {
      this.#unfinished(size, size);
      return undefined;
    }
    const lead = this.#marker.length;
    const buffer = Buffer.allocUnsafe(lead + size - start);
    const got = this.#bytes.read(buffer, start - lead);
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
    if (!full && searched - this.#offset <= this.#parts.limits.maxLineBytes) return;
    const mark = this.#mark;
    this.#moveTo(this.#searchedTo);
    this.#skipping = { mark };
    this.#parts.tell({ kind: 'longLine', log: this.#parts.log, offset: mark.offset });
  }

  /** Moves behind the end of the line that is too long. False when its end is not there yet. */
  #skipLine(size: Bytes): boolean {
    const chunk = Buffer.allocUnsafe(searchBytes);
    const skipping = this.#skipping;
    let at = this.#offset;
    const limit = Math.min(size, at + skipAtOnce);
    while (at < limit) {
      const got = this.#whole(this.#bytes.read(chunk, at));
      if (got === 0) break;
      const behind = behindFirstNewline(chunk.subarray(0, got), this.#newline);
      if (behind > 0) {
        this.#moveTo(at + behind);
        return true;
      }
      at += got;
    }
    this.#moreToSkip = at >= limit && at < size;
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
      const there = chunk.subarray(0, this.#bytes.read(chunk, at));
      if (there.length === 0) break;
      text = there.equals(noText.subarray(0, there.length)) ? -1 : there.findIndex((byte) => byte !== 0);
      at += text < 0 ? there.length : this.#whole(text);
    }
    this.#moreToSkip = text < 0 && at >= limit && at < size;
    if (at > this.#offset) this.#moveTo(at);
    this.#mayHaveHole = text < 0;
    return text >= 0;
  }

  /** Bytes that make whole units. */
  #whole(bytes: Bytes): Bytes {
    return wholeUnits(bytes, this.#newline);
  }

  #moveTo(offset: Bytes): void {
    this.#offset = offset;
    this.#searchedTo = offset;
    this.#skipping = undefined;
    this.#marker = this.#bytes.at(Math.max(0, offset - markerBytes), offset);
    this.#keepHead();
  }

  #keepHead(): void {
    const wanted = Math.min(headBytes, this.#offset);
    if (this.#head.length < wanted) this.#head = this.#bytes.at(0, wanted);
  }
}
