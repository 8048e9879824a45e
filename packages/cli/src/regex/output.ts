/** Characters that are handed to the system at once. */
const chunkChars = 1 << 16;

/** Whoever read the output has gone: no error, only no reason to go on. */
export class ReaderGone extends Error {}

/** Collects output and writes it in large chunks, waiting where its reader is slow. */
export class Output {
  readonly #stream: NodeJS.WriteStream;
  #chunk = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  add(text: string): void {
    this.#chunk += text;
  }

  line(text: string): void {
    this.#chunk += text;
    this.#chunk += '\n';
  }

  get full(): boolean {
    return this.#chunk.length >= chunkChars;
  }

  /**
   * Writes what was collected.
   * @throws ReaderGone when nobody reads it any more
   */
  async flush(): Promise<void> {
    const chunk = this.#chunk;
    if (chunk === '') return;
    this.#chunk = '';
    if (this.#stream.destroyed || this.#stream.errored) throw new ReaderGone();
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(chunk, (error) => (error ? reject(new ReaderGone()) : resolve()));
    });
  }
}

const controls = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Control characters of a log spelled out, so that it cannot steer a terminal. */
export function escapeControls(text: string): string {
  return text.replace(controls, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
