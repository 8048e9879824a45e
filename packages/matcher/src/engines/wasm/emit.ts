import type { CharSet } from '../../dialect/charset.js';
import { type BackrefNode, contains, type Node, type RepeatNode } from '../../dialect/tree.js';
import { widthOf } from '../../dialect/width.js';
import type { Alphabet } from './alphabet.js';
import { Cases, type Place } from './cases.js';
import { exclusive, type First, Firsts, followedBy } from './first.js';
import {
  $base,
  $c,
  $end,
  $from,
  $left,
  $m,
  $p,
  $pc,
  $q,
  $r,
  $sp,
  gaveUp,
  locals,
  notFound,
  parameters,
} from './frame.js';
import {
  type Code,
  call,
  choose,
  equal,
  get,
  getGlobal,
  give,
  go,
  goIf,
  greater,
  greaterOrEqual,
  i32,
  type Label,
  label,
  less,
  lessOrEqual,
  loadWord,
  loop,
  minus,
  not,
  plus,
  set,
  setGlobal,
  shiftLeft,
  shiftRight,
  storeWord,
  tee,
  when,
} from './instructions.js';
import { milestonesOf } from './milestones.js';
import { TextTests } from './text-tests.js';
import { Declined, type Workspace } from './workspace.js';

const mostCopies = 16;
const mostPieces = 20_000;
/** Each is a block around those before it. */
const mostPlaces = 2000;

/** `(m, at, number)`: go on at `at` with `m` in the place of that number; or, for a negative number, put a slot back. */
const choiceBytes = 12;

/**
 * Writes a backtracking matcher for one tree as WebAssembly: straight code where the next character decides, a choice on the stack where
 * it does not.
 * @throws Declined for what this engine does not take (back-references that ignore case, groups inside negative lookarounds, loops around what can be empty);
 * the exact matcher takes everything
 */
export class Emitter {
  readonly #workspace: Workspace;
  readonly #alphabet: Alphabet;
  readonly #text: TextTests;
  readonly #firsts: Firsts;
  readonly #slots: number;
  #cases = new Cases($pc);
  #pushes = 0;
  #ensured: Code = [];
  #pieces = 0;

  /** @param slots address of the offsets */
  constructor(workspace: Workspace, alphabet: Alphabet, slots: number) {
    this.#workspace = workspace;
    this.#alphabet = alphabet;
    this.#text = new TextTests(alphabet, workspace);
    this.#firsts = new Firsts(alphabet);
    this.#slots = slots;
  }

  /**
   * Writes the function that matches `root` at one place: `(from, end, p, stack)` gives the end of the match, NOT_FOUND or GAVE_UP.
   * @returns its number
   */
  matcher(root: Node): number {
    return this.#function(root, [storeWord(i32(0), get($p), this.#slots + 4)]);
  }

  /** What a match can begin with. */
  first(root: Node): First {
    return this.#firsts.of(root);
  }

  #function(root: Node, accept: Code): number {
    const { module, steps, stack } = this.#workspace;
    const outer = [this.#cases, this.#pushes, this.#ensured] as const;
    this.#cases = new Cases($pc);
    this.#pushes = 0;
    const ensured: Code[] = [];
    this.#ensured = ensured;
    this.#emit(root, this.#firsts.anything);
    this.#add(accept, setGlobal(steps, get($left)), give(get($p)));
    // Between two looks at the room each place pushes at most once.
    const room = choiceBytes * (this.#pushes + 1);
    ensured.push(when(greater(plus(get($sp), i32(room)), i32(stack.to)), give(i32(gaveUp))));
    const body = this.#cases.code((again) => this.#backtracked(again));
    const code = [set($sp, get($base)), set($left, getGlobal(steps)), ensured, body];
    [this.#cases, this.#pushes, this.#ensured] = outer;
    const index = module.reserve();
    module.write(index, { parameters, locals, code });
    return index;
  }

  /** Takes the last choice up again. */
  #backtracked(again: Label): Code {
    const pop = label('pop');
    // -1 - slot: the slot's address without a branch.
    const slot = minus(i32(this.#slots - 4), shiftLeft(get($pc), i32(2)));
    return loop(
      pop,
      when(equal(get($sp), get($base)), [setGlobal(this.#workspace.steps, get($left)), give(i32(notFound))]),
      this.#step(),
      set($sp, minus(get($sp), i32(choiceBytes))),
      set($pc, loadWord(get($sp), 8)),
      when(less(get($pc), i32(0)), [storeWord(slot, loadWord(get($sp), 4)), go(pop)]),
      set($m, loadWord(get($sp))),
      set($p, loadWord(get($sp), 4)),
      this.#ensured,
      go(again),
    );
  }

  #step(): Code {
    return when(less(tee($left, minus(get($left), i32(1))), i32(0)), give(i32(gaveUp)));
  }

  #add(...code: Code[]): void {
    this.#pieces += code.length;
    if (this.#pieces > mostPieces || this.#cases.count > mostPlaces) throw new Declined('too large');
    this.#cases.add(...code);
  }

  #failIf(condition: Code): void {
    this.#add(goIf(this.#cases.fail, condition));
  }

  #push(m: Code, at: Code, number: number): Code {
    this.#pushes++;
    return [
      storeWord(get($sp), m),
      storeWord(get($sp), at, 4),
      storeWord(get($sp), i32(number), 8),
      set($sp, plus(get($sp), i32(choiceBytes))),
    ];
  }

  #emit(node: Node, follow: First): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
        this.#failIf(this.#text.isNot(this.#alphabet.bitsOf(node.set)));
        return this.#add(this.#text.forward(1));
      case 'concat':
        return this.#concat(node.items, follow);
      case 'alternate':
        return this.#alternate(node.branches, follow);
      case 'group':
        this.#mark(2 * node.index);
        this.#emit(node.body, follow);
        return this.#mark(2 * node.index + 1);
      case 'repeat':
        return this.#repeat(node, follow);
      case 'atomic':
        this.#sub(node.body, get($p));
        this.#failIf(less(get($r), i32(0)));
        return this.#add(set($p, get($r)));
      case 'look':
        return this.#look(node.body, node.ahead, node.negative, node.width);
      case 'assert':
        return this.#failIf(not(this.#text.assertion(node.what)));
      case 'conditional':
        return this.#conditional(node.group, node.yes, node.no, follow);
      case 'backref':
        return this.#backref(node);
    }
  }

  #concat(items: readonly Node[], follow: First): void {
    // What follows each item, computed once from the end.
    const follows: First[] = new Array(items.length);
    let next = follow;
    for (let i = items.length - 1; i >= 0; i--) {
      follows[i] = next;
      next = followedBy(this.#firsts.of(items[i]!), next);
    }
    for (let i = 0; i < items.length; ) {
      const literal = this.#text.literalFrom(items, i);
      if (literal.length > 1) {
        this.#failIf(less(minus(get($end), get($p)), i32(literal.length * this.#text.unit)));
        this.#failIf(this.#text.differsAt($p, literal));
        this.#add(this.#text.forward(literal.length));
        i += literal.length;
      } else {
        this.#emit(items[i]!, follows[i]!);
        i++;
      }
    }
  }

  #mark(slot: number): void {
    const address = this.#slots + 4 * slot;
    this.#add(when(greater(get($sp), get($base)), this.#keep(slot)), storeWord(i32(0), get($p), address));
  }

  /** Whoever takes up an earlier choice puts the slot back. */
  #keep(slot: number): Code {
    return this.#push(i32(0), loadWord(i32(0), this.#slots + 4 * slot), -1 - slot);
  }

  /** Tries `branches` in order; the next character leaves out those that cannot begin with it. */
  #alternate(branches: readonly Node[], follow: First): void {
    const firsts = branches.map((branch) => followedBy(this.#firsts.of(branch), follow));
    const end = this.#cases.place();
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        this.#emit(branch, follow);
        this.#cases.enter(end);
        break;
      }
      const otherwise = this.#cases.place();
      const first = firsts[index]!;
      const decided = firsts.slice(index + 1).every((other) => exclusive(first, other));
      if (!first.nullable) this.#cases.goIf(otherwise, this.#text.isNot(first.bits));
      if (!decided) {
        this.#skipUnless(milestonesOf(branch), otherwise);
        this.#add(this.#push(get($p), get($p), otherwise.number));
      }
      this.#emit(branch, follow);
      this.#cases.go(end);
      this.#cases.begin(otherwise);
    }
  }

  /** Goes on at `otherwise` unless each of `texts` is ahead, one behind the other. */
  #skipUnless(texts: readonly (readonly number[])[], otherwise: Place): void {
    if (texts.length === 0) return;
    this.#add(set($q, get($p)));
    for (const text of texts) {
      const codes = text.map((character) => this.#alphabet.codeOf(character));
      const length = codes.length * this.#text.unit;
      if (!codes.every((code) => code !== undefined)) return this.#cases.go(otherwise);
      const scan = label('scan');
      this.#add(
        set($r, minus(get($end), i32(length))),
        set($c, get($q)),
        loop(
          scan,
          when(
            lessOrEqual(get($q), get($r)),
            when(this.#text.differsAt($q, codes), [set($q, plus(get($q), i32(this.#text.unit))), go(scan)]),
          ),
        ),
        // A look ahead costs a fraction of a step for each character, found or not.
        set($left, minus(get($left), shiftRight(minus(get($q), get($c)), i32(this.#text.unit === 1 ? 3 : 4)))),
      );
      this.#cases.goIf(otherwise, greater(get($q), get($r)));
      this.#add(set($q, plus(get($q), i32(length))));
    }
  }

  #conditional(group: number, yes: Node, no: Node, follow: First): void {
    const otherwise = this.#cases.place();
    const end = this.#cases.place();
    this.#cases.goIf(otherwise, less(loadWord(i32(0), this.#slots + 4 * (2 * group + 1)), i32(0)));
    this.#emit(yes, follow);
    this.#cases.go(end);
    this.#cases.begin(otherwise);
    this.#emit(no, follow);
    this.#cases.enter(end);
  }

  /** The text that a group holds, once more. Only where each character has a code of its own can codes be compared. */
  #backref({ group, fold }: BackrefNode): void {
    if (fold !== 'none' || this.#text.unit !== 1) throw new Declined('back-reference by kind of character');
    const start = loadWord(i32(0), this.#slots + 8 * group);
    const end = loadWord(i32(0), this.#slots + 8 * group + 4);
    const next = label('next');
    this.#failIf(less(end, i32(0)));
    this.#add(set($m, end), set($q, start), set($r, minus(get($m), get($q))));
    this.#failIf(less(minus(get($end), get($p)), get($r)));
    this.#add(
      set($left, minus(get($left), plus(shiftRight(get($r), i32(3)), i32(1)))),
      when(less(get($left), i32(0)), give(i32(gaveUp))),
      loop(
        next,
        when(
          less(get($q), get($m)),
          when(equal(this.#text.load(get($q)), this.#text.load(get($p))), [
            set($q, plus(get($q), i32(1))),
            this.#text.forward(1),
            go(next),
          ]),
        ),
      ),
    );
    this.#failIf(less(get($q), get($m)));
  }

  #repeat(node: RepeatNode, follow: First): void {
    const { body, min, max, mode } = node;
    if (max === 0) return;
    if (mode === 'possessive' && body.kind !== 'char') {
      this.#sub({ ...node, mode: 'greedy' }, get($p));
      this.#failIf(less(get($r), i32(0)));
      return this.#add(set($p, get($r)));
    }
    if (body.kind === 'char' && mode !== 'lazy') return this.#run(body.set, node, follow);
    if (max === Number.POSITIVE_INFINITY) {
      if (widthOf(body).min === 0) throw new Declined('loop around what can be empty');
      if (min > mostCopies) throw new Declined('too many copies');
      const again = followedBy({ ...this.#firsts.of(body), nullable: true }, follow);
      for (let i = 0; i < min; i++) this.#emit(body, again);
      return this.#loop(body, mode, again, follow);
    }
    if (max > mostCopies) throw new Declined('too many copies');
    for (let i = 0; i < min; i++) this.#emit(body, this.#firsts.anything);
    this.#optional(body, max - min, mode, follow);
  }

  /** `count` nested optional copies. */
  #optional(body: Node, count: number, mode: RepeatNode['mode'], follow: First): void {
    if (count === 0) return;
    // An optional copy that matches nothing counts as none, which copies alone do not say.
    if (count > 1 && widthOf(body).min === 0) throw new Declined('loop around what can be empty');
    const end = this.#cases.place();
    const again = count > 1 ? followedBy({ ...this.#firsts.of(body), nullable: true }, follow) : follow;
    if (mode === 'lazy') this.#later(end);
    else this.#choose(followedBy(this.#firsts.of(body), again), follow, end);
    this.#emit(body, again);
    this.#optional(body, count - 1, mode, follow);
    this.#cases.enter(end);
  }

  /** Goes on at `end`, and here only if that does not lead on. */
  #later(end: Place): void {
    const take = this.#cases.place();
    this.#add(this.#push(get($p), get($p), take.number));
    this.#cases.go(end);
    this.#cases.begin(take);
  }

  /** Any number of copies of a body that always consumes. */
  #loop(body: Node, mode: RepeatNode['mode'], again: First, follow: First): void {
    const head = this.#cases.place();
    const end = this.#cases.place();
    this.#cases.enter(head);
    this.#add(this.#step(), this.#ensured);
    if (mode === 'lazy') this.#later(end);
    else this.#choose(this.#firsts.of(body), follow, end);
    this.#emit(body, again);
    this.#cases.go(head);
    this.#cases.begin(end);
  }

  /** Goes on with what begins as `first` says, or at `end`; leaves a choice only where the next character cannot decide. */
  #choose(first: First, follow: First, end: Place): void {
    if (!first.nullable) this.#cases.goIf(end, this.#text.isNot(first.bits));
    if (!exclusive(first, follow)) this.#add(this.#push(get($p), get($p), end.number));
  }

  /** A run of one kind of character: forward at once, and back one by one only if what follows could take a character of the run. */
  #run(kind: CharSet, { min, max, mode }: RepeatNode, follow: First): void {
    const bits = this.#alphabet.bitsOf(kind);
    const first = { bits, nullable: false };
    const next = label('next');
    this.#add(set($q, get($p)), set($r, get($end)));
    if (max !== Number.POSITIVE_INFINITY) {
      const most = i32(max * this.#text.unit);
      this.#add(when(greater(minus(get($end), get($p)), most), set($r, plus(get($p), most))));
    }
    this.#add(
      loop(
        next,
        when(less(get($p), get($r)), [
          set($c, this.#text.load(get($p))),
          when(this.#text.isMember(bits, get($c)), [this.#text.forward(1), go(next)]),
        ]),
      ),
      set($left, minus(get($left), this.#text.characters(minus(get($p), get($q))))),
      when(less(get($left), i32(0)), give(i32(gaveUp))),
    );
    if (min > 0) this.#failIf(less(minus(get($p), get($q)), i32(min * this.#text.unit)));
    if (mode === 'possessive' || exclusive(first, follow)) return;
    const after = this.#cases.place();
    this.#add(set($m, plus(get($q), i32(min * this.#text.unit))));
    this.#cases.enter(after);
    // Back at once to where the next character can follow; `m` is how far back the run may give way.
    if (!follow.nullable) {
      const back = label('back');
      this.#add(
        loop(
          back,
          when(greater(get($p), get($m)), when(this.#text.isNot(follow.bits), [this.#text.forward(-1), go(back)])),
        ),
      );
    }
    const shorter = minus(get($p), i32(this.#text.unit));
    this.#add(when(greater(get($p), get($m)), this.#push(get($m), shorter, after.number)));
  }

  #look(body: Node, ahead: boolean, negative: boolean, width: number): void {
    const items = body.kind === 'concat' ? body.items : [body];
    const codes = this.#text.literalFrom(items, 0);
    if (ahead && codes.length > 0 && codes.length === items.length) {
      // The common guard in front of a repeated `.`: no call for a few characters.
      const short = less(minus(get($end), get($p)), i32(codes.length * this.#text.unit));
      const absent = choose(short, i32(1), this.#text.differsAt($p, codes));
      return this.#failIf(negative ? not(absent) : absent);
    }
    // What it captured would have to be forgotten again.
    if (negative && groupsOf(body).length > 0) throw new Declined('group inside a negative lookaround');
    if (ahead) this.#sub(body, get($p));
    else {
      const back = i32(width * this.#text.unit);
      this.#sub(body, minus(get($p), back), greaterOrEqual(minus(get($p), get($from)), back));
    }
    this.#failIf(negative ? greaterOrEqual(get($r), i32(0)) : less(get($r), i32(0)));
  }

  /**
   * Runs `body` as a function of its own, from `at`; afterwards `r` is its end, or negative. Its choices are gone then, and with them what
   * would put its groups back: so that is pushed here, before. Where it fails everything fails up to a choice that was made before it.
   */
  #sub(body: Node, at: Code, condition?: Code): void {
    for (const group of groupsOf(body)) {
      for (const slot of [2 * group, 2 * group + 1]) this.#add(when(greater(get($sp), get($base)), this.#keep(slot)));
    }
    const { steps } = this.#workspace;
    const called = call(this.#function(body, []), get($from), get($end), at, get($sp));
    this.#add(
      setGlobal(steps, get($left)),
      set($r, condition === undefined ? called : choose(condition, called, i32(notFound))),
      when(equal(get($r), i32(gaveUp)), give(i32(gaveUp))),
      set($left, getGlobal(steps)),
    );
  }
}

function groupsOf(body: Node): readonly number[] {
  const groups: number[] = [];
  contains(body, (node) => {
    if (node.kind === 'group') groups.push(node.index);
    return false;
  });
  return groups;
}
