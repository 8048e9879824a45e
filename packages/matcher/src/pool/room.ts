/** Bounds how much work is under way; whoever wants more waits, first come first served. */
export class Room {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether work could begin at once. */
  get free(): boolean {
    return this.#taken < this.#limit && this.#waiting.length === 0;
  }

  /** Work under way and waiting. */
  get load(): number {
    return this.#taken + this.#waiting.length;
  }

  /** Resolves when there is a place, and takes it. */
  take(): Promise<void> {
    if (this.free) {
      this.#taken++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a place back; the next one waiting has it. */
  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken--;
    else next();
  }
}
