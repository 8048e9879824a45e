import type { Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';

/** How often the event loop is looked at while there is work: often enough to see what a person could notice. */
const lookEvery: Milliseconds = 20;
/** Looks without any work in between before the looking ends: an idle process is not to be woken for it. */
const looksWithoutWork = 3;

/** Measures how long the event loop keeps its timers waiting, while there is work that could keep it busy. */
export class LoopDelay {
  readonly #clock: Pick<Clock, 'elapsed' | 'after'>;
  #longest: Milliseconds = 0;
  #idleLooks = looksWithoutWork;
  #stopLooking: () => void = () => {};

  constructor(clock: Pick<Clock, 'elapsed' | 'after'>) {
    this.#clock = clock;
  }

  get longest(): Milliseconds {
    return this.#longest;
  }

  /** There is work. Cheap: to be called for every piece of it. */
  work(): void {
    const looking = this.#idleLooks < looksWithoutWork;
    this.#idleLooks = 0;
    if (!looking) this.#look();
  }

  stop(): void {
    this.#stopLooking();
    this.#idleLooks = looksWithoutWork;
  }

  #look(): void {
    const due = this.#clock.elapsed() + lookEvery;
    this.#stopLooking = this.#clock.after(lookEvery, () => {
      this.#longest = Math.max(this.#longest, this.#clock.elapsed() - due);
      if (++this.#idleLooks < looksWithoutWork) this.#look();
    });
  }
}
