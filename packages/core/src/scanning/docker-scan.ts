import type { Bytes, EpochMs, Milliseconds } from '@f2b/config';
import { behindFirstNewline, type LineMatch, type Newline, type ScanResult } from '@f2b/matcher';
import { type DockerLine, dockerLine, lookBytes, looksDocker } from '../sources/docker/json-lines.js';
import type { Files } from '../sources/files/files.js';
import type { Block } from '../sources/source.js';
import type { Piece, ScanLane } from './scan-lane.js';

/** Lines for which the rest of a divided one is waited for, and how long by Docker's own clock. */
const patience = { lines: 1000, time: 5000 as Milliseconds };

/** The beginning of a line that Docker has divided. */
interface Divided {
  text: string;
  readonly since: EpochMs;
  /** Lines that have come since. */
  lines: number;
}

/** A line as it is scanned. */
interface Unwrapped {
  readonly text: string;
  /** Undefined: it was none of Docker's, and has its own date. */
  readonly time: EpochMs | undefined;
  /** Where the line that completed it begins in its piece. */
  readonly start: Bytes;
}

/**
 * Takes off what Docker writes around each line, and scans what is inside. A line's time is Docker's, whatever date it has itself; that date
 * is cut out all the same, as the filter wants it. What Docker has divided is joined again.
 */
export class DockerScan implements ScanLane {
  readonly pooled: boolean;
  readonly key: string;
  readonly newline: Newline;
  readonly #inner: ScanLane;
  readonly #files: Files;
  readonly #always: boolean;
  readonly #maxLineBytes: Bytes;
  /** Called when lines of Docker's have come for the first time. */
  readonly #found: () => void;
  readonly #divided = new Map<string, Divided>();
  #generation = -1;
  #said = false;

  constructor(
    inner: ScanLane,
    parts: { readonly files: Files; readonly always: boolean; readonly maxLineBytes: Bytes; found(): void },
  ) {
    this.#inner = inner;
    this.pooled = inner.pooled;
    this.key = inner.key;
    this.newline = inner.newline;
    this.#files = parts.files;
    this.#always = parts.always;
    this.#maxLineBytes = parts.maxLineBytes;
    this.#found = () => parts.found();
  }

  /** Part of a line is there whose rest has not come. */
  get waits(): boolean {
    return this.#divided.size > 0;
  }

  begin(block: Block): Promise<ScanResult> | undefined {
    // What is unwrapped is scanned here; anything else takes its usual way.
    return this.#always || this.waits || this.#beginsDocker(block) ? undefined : this.#inner.begin(block);
  }

  scan(piece: Piece): ScanResult {
    const { bytes, generation } = piece;
    if (generation !== this.#generation) this.#divided.clear();
    this.#generation = generation;
    if (!this.#always && !this.waits && !looksDocker(bytes)) return this.#inner.scan(piece);
    const lines = this.#unwrap(bytes);
    const text = Buffer.from(lines.map((line) => `${line.text}\n`).join(''));
    const { matches, ...rest } = this.#inner.scan({ ...piece, bytes: text });
    return { ...rest, matches: matches.map((match) => placed(match, lines[match.line])), bytes: bytes.length };
  }

  close(): void {
    this.#inner.close();
  }

  #beginsDocker({ bytes, fd, start }: Block): boolean {
    if (bytes !== undefined) return looksDocker(bytes);
    const first = Buffer.alloc(lookBytes);
    return this.#files.read(fd, first, start) === lookBytes && looksDocker(first);
  }

  #unwrap(bytes: Buffer): readonly Unwrapped[] {
    const lines: Unwrapped[] = [];
    for (let start = 0; start < bytes.length; ) {
      const end = behindFirstNewline(bytes, this.newline, start) || bytes.length;
      const text = bytes.toString('utf8', start, end).replace(/\r?\n$/, '');
      const line = looksDocker(bytes, start) ? dockerLine(text) : undefined;
      if (line === undefined) lines.push({ text, time: undefined, start });
      else this.#take(line, start, lines);
      start = end;
    }
    return lines;
  }

  #take(line: DockerLine, start: Bytes, lines: Unwrapped[]): void {
    if (!this.#said) this.#found();
    this.#said = true;
    this.#giveUp(line.time, start, lines);
    const before = this.#divided.get(line.stream);
    const text = (before?.text ?? '') + line.log;
    // Of a line that is too long, so much is kept that the scan sees that it is.
    const isWhole = line.log.endsWith('\n') || text.length > this.#maxLineBytes;
    if (isWhole) {
      this.#divided.delete(line.stream);
      lines.push({ text: oneLine(text), time: line.time, start });
    } else if (before !== undefined) before.text = text;
    else this.#divided.set(line.stream, { text, since: line.time, lines: 0 });
  }

  /** Whoever wrote the beginning of a line and nothing more has ended in the middle of it. */
  #giveUp(now: EpochMs, start: Bytes, lines: Unwrapped[]): void {
    for (const [stream, divided] of this.#divided) {
      divided.lines++;
      if (divided.lines <= patience.lines && Math.abs(now - divided.since) <= patience.time) continue;
      this.#divided.delete(stream);
      lines.push({ text: oneLine(divided.text), time: divided.since, start });
    }
  }
}

/** What would end a line for the scan stands in it as it does for the journal. */
function oneLine(text: string): string {
  const bare = text.replace(/\r?\n$/, '');
  return bare.includes('\n') ? bare.replaceAll('\n', '\\n') : bare;
}

function placed(match: LineMatch, line: Unwrapped | undefined): LineMatch {
  const { filter, regex, tuple, groups, lines, preceding, time, date } = match;
  const more = lines === undefined ? {} : { lines };
  const common = { filter, regex, line: match.line, offset: line?.start ?? match.offset, tuple, groups, ...more };
  if (line?.time === undefined) return { ...common, time, date, preceding };
  return { ...common, time: line.time, date: 'own', preceding: undefined };
}
