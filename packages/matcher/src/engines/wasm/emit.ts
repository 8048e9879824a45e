import type { CharSet } from '../../dialect/charset.js';
import { contains, type Node, type RepeatNode } from '../../dialect/tree.js';
import { widthOf } from '../../dialect/width.js';
import type { Alphabet } from './alphabet.js';
import { emitBackref } from './backref.js';
import type { Place } from './cases.js';
import { exclusive, type First, type Firsts, firstsIn } from './first.js';
import { $c, $end, $from, $left, $m, $p, $q, $r, $sp, gaveUp, notFound } from './frame.js';
import { FunctionWriter } from './function-writer.js';
import {
  type Code,
  call,
  choose,
  equal,
  get,
  getGlobal,
  give,
  go,
  greater,
  greaterOrEqual,
  i32,
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
  shiftRight,
  storeWord,
  when,
} from './instructions.js';
import { milestonesOf } from './milestones.js';
import type { TextTests } from './text-tests.js';
import { Declined, type Workspace } from './workspace.js';

const mostCopies = 16;
/**
 * Writes a backtracking matcher for one tree as WebAssembly: straight code where the next character decides, a choice on the stack where
 * it does not.
 * @throws Declined for what this engine does not take (back-references into a negative lookaround from within it, loops around what can be empty);
 * the exact matcher takes everything
 */
export class Emitter {
  readonly #writer: FunctionWriter;
  readonly #alphabet: Alphabet;
  readonly #text: TextTests;
  readonly #firsts: Firsts;
  readonly #slots: number;

  /** @param slots address of the offsets */
  constructor(workspace: Workspace, alphabet: Alphabet, slots: number) {
    this.#writer = new FunctionWriter(workspace, alphabet, slots);
    this.#alphabet = alphabet;
    this.#text = this.#writer.text;
    this.#firsts = firstsIn(alphabet);
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
    return this.#writer.write(() => this.#emit(root, this.#firsts.anything), accept);
  }

  #emit(node: Node, follow: First): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
        this.#writer.failIf(this.#text.isNot(this.#alphabet.bitsOf(node.set)));
        return this.#writer.add(this.#text.forward(1));
      case 'concat':
        return this.#concat(node.items, follow);
      case 'alternate':
        return this.#alternate(node.branches, follow);
      case 'group':
        this.#writer.mark(2 * node.index);
        this.#emit(node.body, follow);
        return this.#writer.mark(2 * node.index + 1);
      case 'repeat':
        return this.#repeat(node, follow);
      case 'atomic':
        this.#sub(node.body, get($p));
        this.#writer.failIf(less(get($r), i32(0)));
        return this.#writer.add(set($p, get($r)));
      case 'look':
        return this.#look(node.body, node.ahead, node.negative, node.width);
      case 'assert':
        return this.#writer.failIf(not(this.#text.assertion(node.what)));
      case 'conditional':
        return this.#conditional(node.group, node.yes, node.no, follow);
      case 'backref':
        return emitBackref(this.#writer, node, this.#alphabet);
    }
  }

  #concat(items: readonly Node[], follow: First): void {
    // What follows each item, computed once from the end.
    const follows: First[] = new Array(items.length);
    let next = follow;
    for (let i = items.length - 1; i >= 0; i--) {
      follows[i] = next;
      next = this.#firsts.followedBy(this.#firsts.of(items[i]!), next);
    }
    for (let i = 0; i < items.length; ) {
      const literal = this.#text.literalFrom(items, i);
      if (literal.length > 1) {
        this.#writer.failIf(this.#writer.shorterThan(i32(literal.length * this.#text.unit)));
        this.#writer.failIf(this.#text.differsAt($p, literal));
        this.#writer.add(this.#text.forward(literal.length));
        i += literal.length;
      } else {
        this.#emit(items[i]!, follows[i]!);
        i++;
      }
    }
  }

  /** Tries `branches` in order; the next character leaves out those that cannot begin with it. */
  #alternate(branches: readonly Node[], follow: First): void {
    const firsts = branches.map((branch) => this.#firsts.followedBy(this.#firsts.of(branch), follow));
    const end = this.#writer.cases.place();
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        this.#emit(branch, follow);
        this.#writer.cases.enter(end);
        break;
      }
      const otherwise = this.#writer.cases.place();
      const first = firsts[index]!;
      const decided = firsts.slice(index + 1).every((other) => exclusive(first, other));
      if (!first.nullable) this.#writer.cases.goIf(otherwise, this.#text.isNot(first.set));
      if (!decided) {
        this.#skipUnless(milestonesOf(branch), otherwise);
        this.#writer.add(this.#writer.push(get($p), get($p), otherwise.number));
      }
      this.#emit(branch, follow);
      this.#writer.cases.go(end);
      this.#writer.cases.begin(otherwise);
    }
  }

  /** Goes on at `otherwise` unless each of `texts` is ahead, one behind the other. */
  #skipUnless(texts: readonly (readonly number[])[], otherwise: Place): void {
    if (texts.length === 0) return;
    this.#writer.add(set($q, get($p)));
    for (const text of texts) {
      const codes = text.map((character) => this.#alphabet.codeOf(character));
      const length = codes.length * this.#text.unit;
      if (!codes.every((code) => code !== undefined)) return this.#writer.cases.go(otherwise);
      const scan = label('scan');
      this.#writer.add(
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
      this.#writer.cases.goIf(otherwise, greater(get($q), get($r)));
      this.#writer.add(set($q, plus(get($q), i32(length))));
    }
  }

  #conditional(group: number, yes: Node, no: Node, follow: First): void {
    const otherwise = this.#writer.cases.place();
    const end = this.#writer.cases.place();
    this.#writer.cases.goIf(otherwise, less(loadWord(i32(0), this.#slots + 4 * (2 * group + 1)), i32(0)));
    this.#emit(yes, follow);
    this.#writer.cases.go(end);
    this.#writer.cases.begin(otherwise);
    this.#emit(no, follow);
    this.#writer.cases.enter(end);
  }

  #repeat(node: RepeatNode, follow: First): void {
    const { body, min, max, mode } = node;
    if (max === 0) return;
    if (mode === 'possessive' && body.kind !== 'char') {
      this.#sub({ ...node, mode: 'greedy' }, get($p));
      this.#writer.failIf(less(get($r), i32(0)));
      return this.#writer.add(set($p, get($r)));
    }
    if (body.kind === 'char' && mode !== 'lazy') return this.#run(body.set, node, follow);
    if (max === Number.POSITIVE_INFINITY) {
      if (widthOf(body).min === 0) throw new Declined('loop around what can be empty');
      if (min > mostCopies) throw new Declined('too many copies');
      const again = this.#firsts.followedBy({ ...this.#firsts.of(body), nullable: true }, follow);
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
    const end = this.#writer.cases.place();
    const again = count > 1 ? this.#firsts.followedBy({ ...this.#firsts.of(body), nullable: true }, follow) : follow;
    if (mode === 'lazy') this.#later(end);
    else this.#choose(this.#firsts.followedBy(this.#firsts.of(body), again), follow, end);
    this.#emit(body, again);
    this.#optional(body, count - 1, mode, follow);
    this.#writer.cases.enter(end);
  }

  /** Goes on at `end`, and here only if that does not lead on. */
  #later(end: Place): void {
    const take = this.#writer.cases.place();
    this.#writer.add(this.#writer.push(get($p), get($p), take.number));
    this.#writer.cases.go(end);
    this.#writer.cases.begin(take);
  }

  /** Any number of copies of a body that always consumes. */
  #loop(body: Node, mode: RepeatNode['mode'], again: First, follow: First): void {
    const head = this.#writer.cases.place();
    const end = this.#writer.cases.place();
    this.#writer.cases.enter(head);
    this.#writer.add(this.#writer.step(), this.#writer.ensured);
    if (mode === 'lazy') this.#later(end);
    else this.#choose(this.#firsts.of(body), follow, end);
    this.#emit(body, again);
    this.#writer.cases.go(head);
    this.#writer.cases.begin(end);
  }

  /** Goes on with what begins as `first` says, or at `end`; leaves a choice only where the next character cannot decide. */
  #choose(first: First, follow: First, end: Place): void {
    if (!first.nullable) this.#writer.cases.goIf(end, this.#text.isNot(first.set));
    if (!exclusive(first, follow)) this.#writer.add(this.#writer.push(get($p), get($p), end.number));
  }

  /** A run of one kind of character: forward at once, and back one by one only if what follows could take a character of the run. */
  #run(kind: CharSet, { min, max, mode }: RepeatNode, follow: First): void {
    const bits = this.#alphabet.bitsOf(kind);
    const first = { set: bits, nullable: false };
    const next = label('next');
    this.#writer.add(set($q, get($p)), set($r, get($end)));
    if (max !== Number.POSITIVE_INFINITY) {
      const most = i32(max * this.#text.unit);
      this.#writer.add(when(greater(minus(get($end), get($p)), most), set($r, plus(get($p), most))));
    }
    this.#writer.add(
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
    if (min > 0) this.#writer.failIf(less(minus(get($p), get($q)), i32(min * this.#text.unit)));
    if (mode === 'possessive' || exclusive(first, follow)) return;
    const after = this.#writer.cases.place();
    this.#writer.add(set($m, plus(get($q), i32(min * this.#text.unit))));
    this.#writer.cases.enter(after);
    // Back at once to where the next character can follow; `m` is how far back the run may give way.
    if (!follow.nullable) {
      const back = label('back');
      this.#writer.add(
        loop(
          back,
          when(greater(get($p), get($m)), when(this.#text.isNot(follow.set), [this.#text.forward(-1), go(back)])),
        ),
      );
    }
    const shorter = minus(get($p), i32(this.#text.unit));
    this.#writer.add(when(greater(get($p), get($m)), this.#writer.push(get($m), shorter, after.number)));
  }

  #look(body: Node, ahead: boolean, negative: boolean, width: number): void {
    const items = body.kind === 'concat' ? body.items : [body];
    const codes = this.#text.literalFrom(items, 0);
    if (ahead && codes.length > 0 && codes.length === items.length) {
      // The common guard in front of a repeated `.`: no call for a few characters.
      const short = this.#writer.shorterThan(i32(codes.length * this.#text.unit));
      const absent = choose(short, i32(1), this.#text.differsAt($p, codes));
      return this.#writer.failIf(negative ? not(absent) : absent);
    }
    // What it captures is forgotten in any case.
    const tried = negative ? withoutGroups(body) : body;
    if (ahead) this.#sub(tried, get($p));
    else {
      const back = i32(width * this.#text.unit);
      this.#sub(tried, minus(get($p), back), greaterOrEqual(minus(get($p), get($from)), back));
    }
    this.#writer.failIf(negative ? greaterOrEqual(get($r), i32(0)) : less(get($r), i32(0)));
  }

  /**
   * Runs `body` as a function of its own, from `at`; afterwards `r` is its end, or negative. Its choices are gone then, and with them what
   * would put its groups back: so that is pushed here, before. Where it fails everything fails up to a choice that was made before it.
   */
  #sub(body: Node, at: Code, condition?: Code): void {
    for (const group of groupsOf(body)) {
      for (const slot of [2 * group, 2 * group + 1]) this.#writer.add(this.#writer.keep(slot));
    }
    const { steps } = this.#writer;
    const called = call(this.#function(body, []), get($from), get($end), at, get($sp));
    this.#writer.add(
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

/**
 * The same, capturing nothing.
 * @throws Declined where what it captures decides how it goes on
 */
function withoutGroups(body: Node): Node {
  const groups = groupsOf(body);
  const asks = (node: Node) => (node.kind === 'backref' || node.kind === 'conditional') && groups.includes(node.group);
  if (contains(body, asks)) throw new Declined('group that a negative lookaround asks for itself');
  return groups.length === 0 ? body : plain(body);
}

function plain(node: Node): Node {
  switch (node.kind) {
    case 'group':
      return plain(node.body);
    case 'concat':
      return { ...node, items: node.items.map(plain) };
    case 'alternate':
      return { ...node, branches: node.branches.map(plain) };
    case 'repeat':
    case 'atomic':
    case 'look':
      return { ...node, body: plain(node.body) };
    case 'conditional':
      return { ...node, yes: plain(node.yes), no: plain(node.no) };
    default:
      return node;
  }
}
