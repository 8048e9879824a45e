import { printableText } from '../../printable.js';

/** Characters that are handed to the system at once. */
const chunkChars = 1 << 16;

/** Bytes that are cheaper written by themselves than copied. */
const worthItsOwnWrite = 8192;

/** Whoever read the output has gone: no error, only no reason to go on. */
export class ReaderGone extends Error {}

/**
 * Collects output and writes it in large chunks, waiting where its reader is slow. What log lines hold goes to a file or a pipe as it is, since scripts
 * compare it with fail2ban-regex's; on a terminal, which it could steer, it is made printable.
 */
export class Output {
  readonly #stream: NodeJS.WriteStream;
  readonly #isTerminal: boolean;
  #chunk = '';
  /** What comes before `#chunk`. */
  #earlier: (string | Uint8Array)[] = [];
  #earlierLength = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#isTerminal = stream.isTTY === true;
  }

  add(text: string): void {
    this.#chunk += this.#isTerminal ? printableText(text) : text;
  }

  line(text: string): void {
    this.#chunk += this.#isTerminal ? printableText(text) : text;
    this.#chunk += '\n';
  }

  /** Adds text that is ASCII already; it must stay as it is until the next flush. */
  bytes(ascii: Uint8Array): void {
    if (ascii.length < worthItsOwnWrite) {
      this.#chunk += Buffer.from(ascii.buffer, ascii.byteOffset, ascii.length).toString('latin1');
      return;
    }
    if (this.#chunk !== '') this.#earlier.push(this.#chunk);
    this.#earlierLength += this.#chunk.length + ascii.length;
    this.#earlier.push(ascii);
    this.#chunk = '';
  }

  /** Adds a number between two texts, of which the second is ASCII already. */
  numbered(before: string, number: number, ascii: Uint8Array, { from, to }: { from: number; to: number }): void {
    this.#chunk += before + number + Buffer.from(ascii.buffer, ascii.byteOffset + from, to - from).toString('latin1');
  }

  /** Bytes that were added must stay as they are until the next flush. */
  get borrows(): boolean {
    return this.#earlier.length > 0;
  }

  get full(): boolean {
    return this.#earlierLength + this.#chunk.length >= chunkChars;
  }

  /**
   * Writes what was collected.
   * @throws ReaderGone when nobody reads it any more
   */
  async flush(): Promise<void> {
    const chunks = this.#earlier;
    if (this.#chunk !== '') chunks.push(this.#chunk);
    const last = chunks.pop();
    if (last === undefined) return;
    this.#chunk = '';
    this.#earlier = [];
    this.#earlierLength = 0;
    if (this.#stream.destroyed || this.#stream.errored) throw new ReaderGone();
    await new Promise<void>((resolve, reject) => {
      // An error of an earlier one is the last one's too.
      for (const chunk of chunks) this.#stream.write(chunk);
      // What else can go wrong with the output is told where the stream's errors arrive.
      this.#stream.write(last, (error) => (error ? reject(new ReaderGone()) : resolve()));
    });
  }
}
