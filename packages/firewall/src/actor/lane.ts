/**
 * A queue with one writer: what is put in is worked on in order, never two batches at a time, and a batch is everything
 * that waits. It has no lock and no clock; a lane that stands still costs nothing.
 */
export class Lane<Item> {
  #waiting: Item[] = [];
  #busy = false;

  /** `work` gets everything that waited, in order. It must not reject. */
  constructor(private readonly work: (batch: readonly Item[]) => Promise<void>) {}

  get waiting(): number {
    return this.#waiting.length;
  }

  put(item: Item): void {
    this.#waiting.push(item);
    if (this.#busy) return;
    this.#busy = true;
    // Not at once: whatever the caller puts in before it next waits shall be in the same batch.
    queueMicrotask(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.work(batch);
    }
    this.#busy = false;
  }
}
