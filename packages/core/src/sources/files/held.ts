import type { EpochMs, Milliseconds } from '@f2b/config';
import type { Block, FileMark, FilePlace } from '../source.js';
import type { FileState } from './files.js';
import type { LogParts, Mark } from './log-parts.js';
import { OpenLog } from './open-log.js';

interface Pending {
  readonly before: Mark;
  readonly generation: number;
  settled: boolean;
  /** Other content took its place before it was read: a copy is to be read from there on. */
  gone: boolean;
}

/** One file that a log's name led to, held open, and the blocks of it that are not settled. */
export class Held {
  readonly log: OpenLog;
  readonly born: bigint | undefined;
  /** When it lost its name; undefined for the file that has it. */
  lostName: EpochMs | undefined;
  /** Where reading stood when the content was last replaced. */
  #before: Mark | undefined;
  /** The last block that was handed out. */
  #last: Pick<Block, 'identity' | 'generation' | 'end'> | undefined;
  /** Nothing was left to read when last looked. */
  #drained = false;
  readonly #name: string;
  /** The file that this one is a copy of. */
  #copyOf: string | undefined;
  /** Blocks handed out, from the oldest that is not settled: the place is before the first. */
  readonly #pending: Pending[] = [];

  constructor(fd: number, state: FileState, parts: LogParts) {
    this.born = state.born;
    this.#name = parts.log;
    this.log = new OpenLog(fd, state, parts);
  }

  /**
   * Device, inode and birth of the file, or of the one that it is a copy of: by that and their first line its lines are known. An inode
   * is soon given to another file, and many logs begin with the same line.
   */
  get identity(): string {
    return this.#copyOf ?? this.file;
  }

  /** Device, inode and birth of the file itself. */
  get file(): string {
    return fileOf(this.log.identity, this.born);
  }

  /** Goes on where this file was left, or one that it is a copy of: where it holds what was read, at the last such place. */
  resume(marks: readonly FileMark[]): boolean {
    const itself = (mark: FileMark) => this.#isItself(mark);
    const fits = marks.filter((mark) => this.log.holds(mark, itself(mark)));
    // It may be known both as what it is and as the copy of something.
    const known = fits.some(itself) ? fits.filter(itself) : fits;
    const [last] = known.toSorted((a, b) => b.offset - a.offset);
    if (last === undefined) return false;
    this.log.resume(last);
    this.#copyOf = last.identity === this.file ? undefined : last.identity;
    return true;
  }

  /** Some of these were made in this very file, whatever it holds now. */
  isOf(marks: readonly FileMark[]): boolean {
    return marks.some((mark) => this.#isItself(mark));
  }

  #isItself({ file, identity }: FileMark): boolean {
    return (file ?? identity) === this.file;
  }

  /** All that it holds was read in one of these: whatever comes, its lines are known as those are. */
  takeAsCopy(marks: readonly FileMark[]): void {
    this.#copyOf = marks.find((mark) => this.log.isReadCopy(mark))?.identity;
  }

  /** All has been read, and all that was read is settled. */
  get finished(): boolean {
    return this.#drained && this.#pending.length === 0;
  }

  /** Something of it is under way. */
  get pending(): boolean {
    return this.#pending.length > 0;
  }

  /**
   * The next block; undefined when all is read, `again` when there is only much to skip, `fresh` before the first bytes of new content.
   * @param settled gives the place to go on from
   * @throws Node's error when the file cannot be read
   */
  next(inOperation: boolean, settled: () => FilePlace | undefined): Block | 'again' | 'fresh' | undefined {
    // A file that cannot be read has nothing left for now.
    this.#drained = true;
    const { generation } = this.log;
    const lines = this.log.next();
    if (this.log.generation !== generation) this.#replaced();
    this.#drained = lines === undefined;
    if (lines === undefined || lines === 'again' || lines === 'fresh') return lines;
    const { before, ...range } = lines;
    const { log } = this;
    const identity = `${this.identity}:${log.firstLine.slice(0, 16)}`;
    const last = this.#last;
    this.#last = { identity, generation: log.generation, end: range.end };
    const isAlike = last !== undefined && last.generation !== log.generation && last.identity === identity;
    const pending: Pending = { before, generation: log.generation, settled: false, gone: false };
    const after = log.mark;
    this.#pending.push(pending);
    return {
      kind: 'bytes',
      log: this.#name,
      identity,
      generation: log.generation,
      rewritten: isAlike ? last.end : undefined,
      fd: log.fd,
      ...range,
      inOperation,
      isThere: () => {
        pending.gone ||= range.bytes === undefined && !log.stillHolds(after, pending.generation);
        return !pending.gone;
      },
      settled: () => {
        pending.settled = true;
        this.#shift();
        return settled();
      },
    };
  }

  /** The place moves behind what is settled; behind what is gone once it is known where a copy has to be read. */
  #shift(): void {
    const isOver = ({ settled, gone, generation }: Pending) => settled && !(gone && generation === this.log.generation);
    while (this.#pending[0] !== undefined && isOver(this.#pending[0])) this.#pending.shift();
  }

  /** Other content is in the file: a copy of what was there is read on from what is not settled. */
  #replaced(): void {
    this.#before = this.#pending[0]?.before ?? this.log.replaced;
    this.#shift();
  }

  /** Everything before it is settled. */
  get mark(): FileMark {
    return this.#markAt(this.#pending[0]?.before ?? this.log.mark);
  }

  /** Where it would be read on, or a copy of it, or one of what it held before: all that stands before is settled. */
  get marks(): readonly FileMark[] {
    return this.#before === undefined ? [this.mark] : [this.mark, this.#markAt(this.#before)];
  }

  #markAt({ offset, marker, head }: Mark): FileMark {
    const { identity, file } = this;
    return {
      identity,
      ...(identity === file ? {} : { file }),
      offset,
      marker: marker.toString('base64'),
      head: head.toString('base64'),
      firstLine: this.log.firstLine,
    };
  }

  /** Whether it has been without its name for so long that nothing more is expected of it. */
  isOver(now: EpochMs, lateWrites: Milliseconds): boolean {
    return this.finished && this.lostName !== undefined && Math.abs(now - this.lostName) >= lateWrites;
  }
}

/** Device and inode, with the birth: an inode is soon given to another file. */
export function fileOf(identity: string, born: bigint | undefined): string {
  return `${identity}@${born ?? ''}`;
}
