import type { Incidents } from '../failures.js';

/** Counts incidents and keeps the first few. */
export class IncidentLog<T> {
  count = 0;
  readonly first: T[] = [];
  readonly #keep: number;

  constructor(keep = 16) {
    this.#keep = keep;
  }

  add(incident: T): void {
    this.count++;
    if (this.first.length < this.#keep) this.first.push(incident);
  }

  get full(): boolean {
    return this.first.length >= this.#keep;
  }

  taken(): Incidents<T> {
    return { count: this.count, first: this.first };
  }
}
