import type { Arising, Place, Portion } from '../sources/source.js';

/**
 * A portion on its way to being settled: it is judged, and whatever that gave rise to ask (a look-up of a name, an `ignorecommand`)
 * is answered. Only then may the place behind it be kept: what is lost in a crash before that is read again.
 */
export class Settling implements Arising {
  readonly portion: Portion;
  #open = 1;
  readonly #settled: () => void;

  /** @param settled called once, when nothing of the portion is open any more */
  constructor(portion: Portion, settled: () => void) {
    this.portion = portion;
    this.#settled = settled;
  }

  hold(): () => void {
    this.#open++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#close();
    };
  }

  /** All its lines have been judged. To be called once. */
  judged(): void {
    this.#close();
  }

  #close(): void {
    if (--this.#open === 0) this.#settled();
  }
}

/** One log's portions in their order: each is told as settled when it and all before it are. */
export class SettledInOrder {
  readonly #queue: { readonly settling: Settling; done: boolean }[] = [];
  readonly #told: (settling: Settling, place: Place | undefined) => void;

  /** @param told gets each settled portion, in order, with the place to go on from once what followed from it is kept */
  constructor(told: (settling: Settling, place: Place | undefined) => void) {
    this.#told = told;
  }

  begin(portion: Portion): Settling {
    const settling = new Settling(portion, () => {
      entry.done = true;
      this.#advance();
    });
    const entry = { settling, done: false };
    this.#queue.push(entry);
    return settling;
  }

  #advance(): void {
    while (this.#queue[0]?.done === true) {
      const { settling } = this.#queue.shift()!;
      this.#told(settling, settling.portion.settled());
    }
  }
}
