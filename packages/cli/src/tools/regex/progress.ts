/** A log shorter than this is read before a bar could be seen. */
const slowLines = 500_000;
const width = 24;

/** A bar on the terminal's error output while a long log is read; nothing where there is no terminal. */
export class Progress {
  readonly #shown = process.stderr.isTTY === true;
  #last = 0;
  #drawn = false;

  /** @param done 0 to 1; undefined where the end is not known */
  at(done: number | undefined, lines: number, hits: number): void {
    if (!this.#shown || (done === undefined && lines < slowLines)) return;
    const now = Date.now();
    if (now - this.#last < 100) return;
    this.#last = now;
    this.#drawn = true;
    const full = Math.round((done ?? 0) * width);
    const bar =
      done === undefined ? '' : `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${Math.floor(done * 100)}%  `;
    process.stderr.write(`\r${bar}${lines} lines, ${hits} matches\x1b[K`);
  }

  end(): void {
    if (this.#drawn) process.stderr.write('\r\x1b[K');
    this.#drawn = false;
  }
}
