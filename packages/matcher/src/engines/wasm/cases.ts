import {
  block,
  type Code,
  get,
  go,
  goByNumber,
  i32,
  jump,
  jumpIf,
  type Label,
  label,
  loop,
  set,
  unreachable,
} from './instructions.js';

/** A place in a function that can be gone to, also from a choice that was left open. */
export interface Place {
  /** What stands for it on the stack of choices. */
  readonly number: number;
  readonly at: Label;
}

/**
 * The code of one function as pieces that go on in each other: from any of them to a later one by a branch, to an
 * earlier one, or to the one that a choice names, by its number.
 */
export class Cases {
  readonly #places: Place[] = [];
  readonly #begun: { readonly place: Place; readonly code: Code[] }[] = [];
  readonly #pc: number;
  readonly #again = label('again');
  /** Going there means that this way does not lead on. */
  readonly fail = label('fail');

  /** @param pc the local variable that holds the number of the place to go to */
  constructor(pc: number) {
    this.#pc = pc;
    this.begin(this.place());
  }

  place(): Place {
    const number = this.#places.length;
    const place = { number, at: label(`place ${number}`) };
    this.#places.push(place);
    return place;
  }

  get count(): number {
    return this.#places.length;
  }

  add(...code: Code[]): void {
    this.#begun.at(-1)!.code.push(...code);
  }

  /** What follows is written there; what came before has gone elsewhere. */
  begin(place: Place): void {
    this.#begun.push({ place, code: [] });
  }

  /** Goes on there, and lets what follows be written there. */
  enter(place: Place): void {
    this.go(place);
    this.begin(place);
  }

  go(place: Place): void {
    this.add(jump(place.at, this.#detour(place)));
  }

  goIf(place: Place, condition: Code): void {
    this.add(jumpIf(place.at, condition, this.#detour(place)));
  }

  #detour({ number }: Place): Code {
    return [set(this.#pc, i32(number)), go(this.#again)];
  }

  /**
   * All of it.
   * @param failed what to do where a way does not lead on; it may go `again` with another number
   */
  code(failed: (again: Label) => Code): Code {
    const numbers = this.#places.map(({ at }) => at);
    let inner: Code = goByNumber(get(this.#pc), numbers);
    for (const { place, code } of this.#begun) inner = [block(place.at, inner), ...code];
    return [loop(this.#again, block(this.fail, inner), failed(this.#again)), unreachable];
  }
}
