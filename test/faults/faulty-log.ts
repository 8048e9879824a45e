import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { knockOf } from '../stored-daemon.js';

/** How rotation names what it puts aside. */
export type Naming = 'numbers' | 'dates';

/** Old files whose writer has not noticed the rotation yet. */
const mostLateWriters = 2;

/**
 * A log as a careless host treats it: rotated in every way, written to by writers that have not noticed, with lines that are finished
 * later. Each line is of an address of its own, so that a line lost or counted twice is seen.
 */
export class FaultyLog {
  readonly path: string;
  readonly #random: () => number;
  readonly #naming: Naming;
  /** Descriptors of the files that the log has been, the newest first; a line may be unfinished in each. */
  readonly #writers: { fd: number; unfinished: string }[] = [];
  #rotations = 0;
  /** How many lines have been begun. */
  written = 0;

  constructor(path: string, random: () => number, naming: Naming) {
    this.path = path;
    this.#random = random;
    this.#naming = naming;
    this.#create();
  }

  /** The address of each line, in the order in which they were begun. */
  addresses(): string[] {
    return Array.from({ length: this.written }, (_, i) => addressOf(i));
  }

  /** One thing that happens to logs. */
  fault(): string {
    const dice = this.#random();
    if (dice < 0.5) return this.#write(0, 12);
    if (dice < 0.6) return this.#write(1, 4);
    if (dice < 0.65) return this.#write(2, 3);
    if (dice < 0.8) return this.#halfLine();
    if (dice < 0.9) return this.#rename();
    return this.#copyTruncate();
  }

  /** Every unfinished line gets its end, and the writers notice that their files are no longer the log. */
  finish(): void {
    for (const writer of this.#writers) this.#finish(writer);
    for (const { fd } of this.#writers) closeSync(fd);
    this.#writers.length = 0;
  }

  #create(): void {
    // O_APPEND, as syslog daemons have it: copytruncate works only so.
    this.#writers.unshift({ fd: openSync(this.path, 'a'), unfinished: '' });
    for (const late of this.#writers.splice(mostLateWriters + 1)) {
      this.#finish(late);
      closeSync(late.fd);
    }
  }

  #finish(writer: { fd: number; unfinished: string }): void {
    if (writer.unfinished !== '') writeSync(writer.fd, writer.unfinished);
    writer.unfinished = '';
  }

  #line(): string {
    return knockOf(addressOf(this.written++));
  }

  #write(writer: number, most: number): string {
    const to = this.#writers[Math.min(writer, this.#writers.length - 1)]!;
    this.#finish(to);
    const lines = Array.from({ length: 1 + Math.floor(this.#random() * most) }, () => this.#line());
    writeSync(to.fd, lines.join(''));
    return `${lines.length} lines to file ${writer}`;
  }

  #halfLine(): string {
    const writer = this.#random() < 0.8 ? 0 : this.#writers.length - 1;
    const to = this.#writers[writer]!;
    this.#finish(to);
    const line = this.#line();
    const cut = 1 + Math.floor(this.#random() * (line.length - 1));
    writeSync(to.fd, line.slice(0, cut));
    to.unfinished = line.slice(cut);
    return `half a line to file ${writer}`;
  }

  #rename(): string {
    renameSync(this.path, this.#aside());
    this.#create();
    return 'rename';
  }

  /** A line that is cut by it belongs to nobody: so none is. */
  #copyTruncate(): string {
    const [writer] = this.#writers;
    this.#finish(writer!);
    copyFileSync(this.path, this.#aside());
    ftruncateSync(writer!.fd);
    return 'copytruncate';
  }

  /** The name for what is put aside; with numbers, all others move on by one. */
  #aside(): string {
    this.#rotations++;
    if (this.#naming === 'dates') return `${this.path}-20261128.${String(this.#rotations).padStart(4, '0')}`;
    const numbers = readdirSync(dirname(this.path))
      .filter((name) => name.startsWith(`${basename(this.path)}.`))
      .map((name) => Number(name.slice(basename(this.path).length + 1)))
      .sort((a, b) => b - a);
    for (const number of numbers) renameSync(`${this.path}.${number}`, `${this.path}.${number + 1}`);
    const aside = `${this.path}.1`;
    if (existsSync(aside)) throw new Error(`${aside} is still there`);
    return aside;
  }
}

function addressOf(number: number): string {
  return `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
}
