import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import type { Newline } from '@f2b/matcher';
import { reasonOf } from '../../errors.js';
import type { Block, SourceReader } from '../source.js';
import type { OpenStream } from './command.js';
import { LineCutter } from './lines.js';

/** Time as following needs it. */
export interface StreamClock {
  now(): EpochMs;
  /** Calls `then` after a while; gives a function that calls it off. */
  after(delay: Milliseconds, then: () => void): () => void;
}

export interface FollowedStreamParts {
  readonly name: string;
  readonly newline: Newline;
  readonly maxLineBytes: Bytes;
  /** Portions that may be under way at once: while there are so many, nothing is read. */
  readonly readAhead: number;
  readonly clock: StreamClock;
  /** In [0, 1). */
  readonly random: () => number;
  /** It is started again whenever it ends; else it ends once. */
  readonly again: boolean;
  /** @param since up to when its output has been read, in the form of ISO 8601 */
  open(since: string): OpenStream;
}

const firstWait: Milliseconds = 250;
const longestWait: Milliseconds = 60_000;
/** Who has run for so long, or has printed something, has started well. */
const soundAfter: Milliseconds = 10_000;
/** Who says nothing for so long has said all that there was: what comes now is live. */
const quiet: Milliseconds = 1000;

/** A stream that is read: a command, started again whenever it ends, or the standard input. */
export class FollowedStream {
  readonly #parts: FollowedStreamParts;
  readonly #reader: SourceReader;
  readonly #underWay: Promise<void>[] = [];
  readonly #running: Promise<void>;
  readonly #born: EpochMs;
  #open: OpenStream | undefined;
  #closing = false;
  #runs = 0;
  #offset: Bytes = 0;
  #live = false;
  #failures = 0;
  #trouble: string | undefined;
  #readTo: EpochMs;
  #wake: () => void = () => {};

  constructor(parts: FollowedStreamParts, reader: SourceReader) {
    this.#parts = parts;
    this.#reader = reader;
    this.#born = parts.clock.now();
    this.#readTo = this.#born;
    this.#running = this.#run();
  }

  /** Resolves when all that has been read is judged. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Stops, after what is under way has been judged. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    await this.#open?.close();
    await this.#running;
    await this.settled();
  }

  async #run(): Promise<void> {
    const { clock, again, name } = this.#parts;
    while (!this.#closing) {
      const began = clock.now();
      const why = await this.#readOnce();
      if (this.#closing) return;
      if (!again) {
        this.#reader.tell({ kind: 'trouble', log: name, trouble: { kind: 'ended' } });
        return;
      }
      if (clock.now() - began >= soundAfter) this.#failures = 0;
      await this.#failed(why);
    }
  }

  /** Reads until the stream ends. @returns why it did */
  async #readOnce(): Promise<string> {
    const { clock, name, newline, maxLineBytes, readAhead } = this.#parts;
    this.#runs++;
    this.#offset = 0;
    this.#live = false;
    const cutter = new LineCutter(newline, maxLineBytes, () =>
      this.#reader.tell({ kind: 'longLine', log: name, offset: this.#offset }),
    );
    let callOff = () => {};
    const waitForQuiet = () => {
      callOff();
      callOff = clock.after(quiet, () => {
        this.#live = true;
        this.#isSound();
      });
    };
    try {
      const open = this.#parts.open(new Date(this.#readTo).toISOString());
      this.#open = open;
      waitForQuiet();
      try {
        for await (const piece of open.output) {
          if (this.#closing) break;
          this.#readTo = clock.now();
          this.#isSound();
          waitForQuiet();
          this.#handOut(cutter.push(piece as Buffer));
          if (this.#underWay.length >= readAhead) await this.#underWay[0];
        }
        this.#handOut(this.#closing ? undefined : cutter.end());
      } catch (error) {
        // Called off, or the pipe broke: what is left is why the program ended.
        if (!this.#closing && !this.#parts.again) return reasonOf(error);
      }
      return (await open.ended()) ?? 'it ended';
    } catch (error) {
      return reasonOf(error);
    } finally {
      callOff();
      this.#open = undefined;
    }
  }

  #handOut(lines: Buffer | undefined): void {
    if (lines === undefined) return;
    const { name } = this.#parts;
    const start = this.#offset;
    this.#offset += lines.length;
    const block: Block = {
      kind: 'bytes',
      log: name,
      // Nothing that comes is known from before: each run is a log of its own.
      identity: `${name}@${this.#born}.${this.#runs}`,
      generation: this.#runs,
      inOperation: this.#live,
      fd: -1,
      start,
      end: this.#offset,
      bytes: lines,
      settled: () => undefined,
    };
    const judged: Promise<void> = this.#reader
      .portion(block)
      .catch(() => undefined)
      .finally(() => {
        this.#underWay.splice(this.#underWay.indexOf(judged), 1);
        if (this.#underWay.length === 0) this.#reader.tell({ kind: 'caughtUp', log: name });
      });
    this.#underWay.push(judged);
  }

  #isSound(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#reader.tell({ kind: 'trouble', log: this.#parts.name, trouble: undefined });
  }

  /** Says so, and waits: ever longer, and not all at the same time. */
  async #failed(why: string): Promise<void> {
    if (why !== this.#trouble) {
      this.#trouble = why;
      this.#reader.tell({ kind: 'trouble', log: this.#parts.name, trouble: { kind: 'failing', why } });
    }
    const longest = Math.min(longestWait, firstWait * 2 ** this.#failures++);
    await new Promise<void>((resolve) => {
      const callOff = this.#parts.clock.after(longest * (0.5 + this.#parts.random() / 2), resolve);
      this.#wake = () => {
        callOff();
        resolve();
      };
    });
  }
}
