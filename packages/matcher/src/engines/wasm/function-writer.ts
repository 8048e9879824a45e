import type { Alphabet } from './alphabet.js';
import { Cases } from './cases.js';
import { $base, $end, $left, $m, $p, $pc, $sp, gaveUp, locals, notFound, parameters } from './frame.js';
import {
  type Code,
  equal,
  get,
  getGlobal,
  give,
  go,
  goIf,
  greater,
  i32,
  type Label,
  label,
  less,
  loadWord,
  loop,
  minus,
  plus,
  set,
  setGlobal,
  shiftLeft,
  storeWord,
  tee,
  when,
} from './instructions.js';
import { TextTests } from './text-tests.js';
import { Declined, type Workspace } from './workspace.js';

const mostPieces = 20_000;
/** Each is a block around those before it. */
const mostPlaces = 2000;

/** `(m, at, number)`: go on at `at` with `m` in the place of that number; or, for a negative number, put a slot back. */
const choiceBytes = 12;

/** Writes the functions of one matcher, with what all of them have: the places that can be gone to, the stack of choices, the steps left. */
export class FunctionWriter {
  readonly alphabet: Alphabet;
  readonly text: TextTests;
  /** Address of the offsets of the groups. */
  readonly slots: number;
  readonly #workspace: Workspace;
  #cases = new Cases($pc);
  #pushes = 0;
  #ensured: Code = [];
  #pieces = 0;

  constructor(workspace: Workspace, alphabet: Alphabet, slots: number) {
    this.#workspace = workspace;
    this.alphabet = alphabet;
    this.text = new TextTests(alphabet, workspace);
    this.slots = slots;
  }

  /** The places of the function that is being written. */
  get cases(): Cases {
    return this.#cases;
  }

  /** Gives up where the stack has no room for the choices up to the next look at it. */
  get ensured(): Code {
    return this.#ensured;
  }

  /** Number of the global variable that holds the steps left. */
  get steps(): number {
    return this.#workspace.steps;
  }

  /**
   * Writes a function `(from, end, p, stack)` that gives the end of the match, NOT_FOUND or GAVE_UP.
   * @param body adds what it does
   * @param accept what is done behind a match
   * @returns its number
   */
  write(body: () => void, accept: Code): number {
    const { module, steps, stack } = this.#workspace;
    const outer = [this.#cases, this.#pushes, this.#ensured] as const;
    this.#cases = new Cases($pc);
    this.#pushes = 0;
    const ensured: Code[] = [];
    this.#ensured = ensured;
    body();
    this.add(accept, setGlobal(steps, get($left)), give(get($p)));
    // Between two looks at the room each place pushes at most once.
    const room = choiceBytes * (this.#pushes + 1);
    ensured.push(when(greater(plus(get($sp), i32(room)), i32(stack.to)), give(i32(gaveUp))));
    const code = this.#cases.code((again) => this.#backtracked(again));
    const whole = [set($sp, get($base)), set($left, getGlobal(steps)), ensured, code];
    [this.#cases, this.#pushes, this.#ensured] = outer;
    const index = module.reserve();
    module.write(index, { parameters, locals, code: whole });
    return index;
  }

  /** Takes the last choice up again. */
  #backtracked(again: Label): Code {
    const pop = label('pop');
    // -1 - slot: the slot's address without a branch.
    const slot = minus(i32(this.slots - 4), shiftLeft(get($pc), i32(2)));
    return loop(
      pop,
      when(equal(get($sp), get($base)), [setGlobal(this.#workspace.steps, get($left)), give(i32(notFound))]),
      this.step(),
      set($sp, minus(get($sp), i32(choiceBytes))),
      set($pc, loadWord(get($sp), 8)),
      when(less(get($pc), i32(0)), [storeWord(slot, loadWord(get($sp), 4)), go(pop)]),
      set($m, loadWord(get($sp))),
      set($p, loadWord(get($sp), 4)),
      this.#ensured,
      go(again),
    );
  }

  /** Takes one of the steps that are left. */
  step(): Code {
    return when(less(tee($left, minus(get($left), i32(1))), i32(0)), give(i32(gaveUp)));
  }

  /** @throws Declined when it has become too large */
  add(...code: Code[]): void {
    this.#pieces += code.length;
    if (this.#pieces > mostPieces || this.#cases.count > mostPlaces) throw new Declined('too large');
    this.#cases.add(...code);
  }

  failIf(condition: Code): void {
    this.add(goIf(this.#cases.fail, condition));
  }

  /** Leaves a choice open. */
  push(m: Code, at: Code, number: number): Code {
    this.#pushes++;
    return [
      storeWord(get($sp), m),
      storeWord(get($sp), at, 4),
      storeWord(get($sp), i32(number), 8),
      set($sp, plus(get($sp), i32(choiceBytes))),
    ];
  }

  /** A group begins or ends here. */
  mark(slot: number): void {
    this.add(this.keep(slot), storeWord(i32(0), get($p), this.slots + 4 * slot));
  }

  /** Where a choice is open, whoever takes it up puts the slot back. */
  keep(slot: number): Code {
    const kept = this.push(i32(0), loadWord(i32(0), this.slots + 4 * slot), -1 - slot);
    return when(greater(get($sp), get($base)), kept);
  }

  /** The text ends before so many bytes. */
  shorterThan(bytes: Code): Code {
    return less(minus(get($end), get($p)), bytes);
  }
}
