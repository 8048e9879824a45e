import { printable } from '../../printable.js';

/** What is being done, on the terminal's error output; nothing where there is no terminal. */
export class BenchProgress {
  readonly #shown = process.stderr.isTTY === true;

  /** @param done 0 to 1 */
  at(done: number, what: string): void {
    if (!this.#shown) return;
    const width = 24;
    const full = Math.round(done * width);
    process.stderr.write(`\r[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${printable(what)}\x1b[K`);
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K');
  }
}
