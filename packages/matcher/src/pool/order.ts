/** Hands results out in the order in which their work was submitted, whichever was finished first. */
export class SubmissionOrder {
  readonly #last = new Map<string, Promise<unknown>>();

  /** The outcome of `work`, but not before everything submitted earlier under `key` is settled. */
  after<T>(key: string, work: Promise<T>): Promise<T> {
    const earlier = this.#last.get(key) ?? Promise.resolve();
    const outcome = earlier.then(() => work);
    // A failure is told to its own submitter (and must not count as unhandled while it waits its turn).
    work.catch(() => undefined);
    const settled = outcome.catch(() => undefined);
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return outcome;
  }
}
