import { ALL, type CharSet, onlyMember } from '../../dialect/charset.js';
import type { Assertion, Node, RepeatNode } from '../../dialect/tree.js';
import { contains } from '../../dialect/tree.js';
import { WORD } from '../../dialect/unicode.js';
import { widthOf } from '../../dialect/width.js';
import { Code, Declined, type SetTables } from './code.js';
import { ANYTHING, exclusive, type First, firstOf, followedBy } from './first.js';
import { milestonesOf } from './milestones.js';

const mostCopies = 16;
const mostLines = 20_000;

/**
 * Writes a backtracking matcher for one tree as JavaScript: straight code where the next character decides, a choice on the stack where
 * it does not. Throws `Declined` for what this engine does not take (back-references, groups inside lookarounds, loops
 * around what can be empty); the exact matcher takes everything.
 */
export class Emitter {
  /** Bodies of lookarounds and atomic groups, functions of their own. */
  readonly functions: string[] = [];
  /** Places in the program that push. */
  pushes = 0;
  readonly #tables: SetTables;
  #code = new Code();
  #lines = 0;

  constructor(tables: SetTables) {
    this.#tables = tables;
  }

  /** The cases of the whole expression; the last one accepts. */
  program(root: Node, accept: string): string {
    this.#emit(root, ANYTHING);
    this.#line(accept);
    return this.#code.text();
  }

  #line(text: string): void {
    if (text.includes('sp += 3;')) this.pushes++;
    if (++this.#lines > mostLines) throw new Declined('too large');
    this.#code.line(text);
  }

  #emit(node: Node, follow: First): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
        return this.#line(`if (p >= n) break; c = u[p]; if (!${this.#tables.test(node.set, 'c')}) break; p++;`);
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
        this.#sub(node.body);
        return this.#line('if (r < 0) break; p = r;');
      case 'look':
        return this.#look(node.body, node.ahead, node.negative, node.width);
      case 'assert':
        return this.#line(`if (!${this.#assertion(node.what)}) break;`);
      case 'conditional':
        return this.#conditional(node.group, node.yes, node.no, follow);
      case 'backref':
        throw new Declined('back-reference');
    }
  }

  #concat(items: readonly Node[], follow: First): void {
    // What follows each item, computed once from the end.
    const follows: First[] = new Array(items.length);
    let next = follow;
    for (let i = items.length - 1; i >= 0; i--) {
      follows[i] = next;
      next = followedBy(firstOf(items[i]!), next);
    }
    for (let i = 0; i < items.length; ) {
      const literal = literalFrom(items, i);
      if (literal.length > 1) {
        const tests = literal.map((unit, at) => `u[p + ${at}] !== ${unit}`);
        this.#line(`if (n - p < ${literal.length} || ${tests.join(' || ')}) break; p += ${literal.length};`);
        i += literal.length;
      } else {
        this.#emit(items[i]!, follows[i]!);
        i++;
      }
    }
  }

  #mark(slot: number): void {
    this.#line(`if (sp > base) { ${push('0', `slots[${slot}]`, `${-1 - slot}`)} } slots[${slot}] = p;`);
  }

  /** Tries `branches` in order; the next character leaves out those that cannot begin with it. */
  #alternate(branches: readonly Node[], follow: First): void {
    const firsts = branches.map((branch) => followedBy(firstOf(branch), follow));
    const end = this.#code.label();
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        this.#emit(branch, follow);
        this.#code.enter(end);
        break;
      }
      const otherwise = this.#code.label();
      const first = firsts[index]!;
      const decided = firsts.slice(index + 1).every((other) => exclusive(first, other));
      if (!first.nullable) this.#line(`if (${this.#cannotBegin(first.set)}) { pc = ${otherwise}; continue; }`);
      if (!decided) {
        this.#skipUnless(milestonesOf(branch), otherwise);
        this.#line(push('p', 'p', `${otherwise}`));
      }
      this.#emit(branch, follow);
      this.#code.go(end);
      this.#code.begin(otherwise);
    }
  }

  /** Goes on at `otherwise` unless each of `texts` is ahead, one behind the other. */
  #skipUnless(texts: readonly (readonly number[])[], otherwise: number): void {
    if (texts.length === 0) return;
    this.#line('q = p;');
    for (const units of texts) {
      const differs = units.map((unit, at) => `u[q + ${at}] !== ${unit}`).join(' || ');
      // A look ahead costs a fraction of a step for each unit, found or not.
      this.#line(`r = n - ${units.length}; c = q; while (q <= r && (${differs})) q++; left -= (q - c) >> 3;`);
      this.#line(`if (q > r) { pc = ${otherwise}; continue; } q += ${units.length};`);
    }
  }

  #cannotBegin(set: CharSet): string {
    return `p >= n || (c = u[p], !${this.#tables.test(set, 'c')})`;
  }

  #conditional(group: number, yes: Node, no: Node, follow: First): void {
    const otherwise = this.#code.label();
    const end = this.#code.label();
    this.#line(`if (slots[${2 * group + 1}] < 0) { pc = ${otherwise}; continue; }`);
    this.#emit(yes, follow);
    this.#code.go(end);
    this.#code.begin(otherwise);
    this.#emit(no, follow);
    this.#code.enter(end);
  }

  #repeat(node: RepeatNode, follow: First): void {
    const { body, min, max, mode } = node;
    if (max === 0) return;
    if (mode === 'possessive' && body.kind !== 'char') {
      this.#sub({ ...node, mode: 'greedy' });
      return this.#line('if (r < 0) break; p = r;');
    }
    if (body.kind === 'char' && mode !== 'lazy') return this.#run(body.set, node, follow);
    if (max === Number.POSITIVE_INFINITY) {
      if (widthOf(body).min === 0) throw new Declined('loop around what can be empty');
      if (min > mostCopies) throw new Declined('too many copies');
      const again = followedBy({ ...firstOf(body), nullable: true }, follow);
      for (let i = 0; i < min; i++) this.#emit(body, again);
      return this.#loop(body, mode, again, follow);
    }
    if (max > mostCopies) throw new Declined('too many copies');
    for (let i = 0; i < min; i++) this.#emit(body, ANYTHING);
    this.#optional(body, max - min, mode, follow);
  }

  /** `count` nested optional copies. */
  #optional(body: Node, count: number, mode: RepeatNode['mode'], follow: First): void {
    if (count === 0) return;
    // An optional copy that matches nothing counts as none, which copies alone do not say.
    if (count > 1 && widthOf(body).min === 0) throw new Declined('loop around what can be empty');
    const end = this.#code.label();
    const again = count > 1 ? followedBy({ ...firstOf(body), nullable: true }, follow) : follow;
    if (mode === 'lazy') {
      const take = this.#code.label();
      this.#line(push('p', 'p', `${take}`));
      this.#code.go(end);
      this.#code.begin(take);
    } else {
      this.#choose(followedBy(firstOf(body), again), follow, end);
    }
    this.#emit(body, again);
    this.#optional(body, count - 1, mode, follow);
    this.#code.enter(end);
  }

  /** Any number of copies of a body that always consumes. */
  #loop(body: Node, mode: RepeatNode['mode'], again: First, follow: First): void {
    const head = this.#code.label();
    const end = this.#code.label();
    this.#code.enter(head);
    this.#line(`if (--left < 0) return -2; ${ensureRoom}`);
    if (mode === 'lazy') {
      const take = this.#code.label();
      this.#line(push('p', 'p', `${take}`));
      this.#code.go(end);
      this.#code.begin(take);
    } else {
      this.#choose(firstOf(body), follow, end);
    }
    this.#emit(body, again);
    this.#code.go(head);
    this.#code.begin(end);
  }

  /** Goes on with what begins as `first` says, or at `end`; leaves a choice only where the next character cannot decide. */
  #choose(first: First, follow: First, end: number): void {
    if (!first.nullable) this.#line(`if (${this.#cannotBegin(first.set)}) { pc = ${end}; continue; }`);
    if (!exclusive(first, follow)) this.#line(push('p', 'p', `${end}`));
  }

  /** A run of one kind of character: forward at once, and back one by one only if what follows could take a character of the run. */
  #run(set: CharSet, { min, max, mode }: RepeatNode, follow: First): void {
    const bound = max === Number.POSITIVE_INFINITY ? 'n' : `Math.min(n, p + ${max})`;
    this.#line(`q = p; r = ${bound};`);
    if (set.ranges.join() === ALL.ranges.join()) this.#line('p = r > p ? r : p;');
    else this.#line(`while (p < r) { c = u[p]; if (!${this.#tables.test(set, 'c')}) break; p++; }`);
    this.#line('left -= p - q; if (left < 0) return -2;');
    if (min > 0) this.#line(`if (p - q < ${min}) break;`);
    if (mode === 'possessive' || exclusive({ set, nullable: false }, follow)) return;
    const after = this.#code.label();
    this.#line(`m = q + ${min};`);
    this.#code.enter(after);
    // Back at once to where the next character can follow; `m` is how far back the run may give way.
    if (!follow.nullable) this.#line(`while (p > m && (${this.#cannotBegin(follow.set)})) p--;`);
    this.#line(`if (p > m) { ${push('m', 'p - 1', `${after}`)} }`);
  }

  #look(body: Node, ahead: boolean, negative: boolean, width: number): void {
    const units = literalFrom(body.kind === 'concat' ? body.items : [body], 0);
    if (ahead && units.length === (body.kind === 'concat' ? body.items.length : 1)) {
      // The common guard in front of a repeated `.`: no call for a few characters.
      const tests = units.map((unit, at) => `u[p + ${at}] === ${unit}`);
      const present = `n - p >= ${units.length} && ${tests.join(' && ')}`;
      return this.#line(negative ? `if (${present}) break;` : `if (!(${present})) break;`);
    }
    const at = ahead ? 'p' : `p - ${width}`;
    this.#sub(body, at, ahead ? undefined : `p - from >= ${width}`);
    this.#line(negative ? 'if (r >= 0) break;' : 'if (r < 0) break;');
  }

  /** Runs `body` as a function of its own, from `at`; afterwards `r` is its end, or -1. */
  #sub(body: Node, at = 'p', condition?: string): void {
    if (contains(body, (node) => node.kind === 'group'))
      throw new Declined('group inside a lookaround or an atomic group');
    const outer = this.#code;
    this.#code = new Code();
    const name = `f${this.functions.length}`;
    this.functions.push('');
    this.#emit(body, ANYTHING);
    this.#line('budget = left; return p;');
    this.functions[Number(name.slice(1))] = matcherFunction(name, this.#code.text());
    this.#code = outer;
    const call = `${name}(u, n, ${at}, slots, sp)`;
    const guarded = condition === undefined ? call : `${condition} ? ${call} : -1`;
    this.#line(`budget = left; r = ${guarded}; if (r === -2) return -2; left = budget; st = stack;`);
  }

  #assertion(what: Assertion): string {
    switch (what) {
      case 'start':
        return '(p === from)';
      case 'end':
        return '(p === n)';
      case 'endOrFinalNewline':
        return '(p === n || (p === n - 1 && u[p] === 10))';
      case 'lineStart':
        return '(p === from || u[p - 1] === 10)';
      case 'lineEnd':
        return '(p === n || u[p] === 10)';
      case 'wordBoundary':
        return `(${this.#isWord('p - 1', 'p > from')} !== ${this.#isWord('p', 'p < n')})`;
      case 'notWordBoundary':
        // Python's \B never holds in an empty subject.
        return `(n > from && ${this.#isWord('p - 1', 'p > from')} === ${this.#isWord('p', 'p < n')})`;
      default:
        throw new Declined('ASCII word boundary');
    }
  }

  #isWord(at: string, inside: string): string {
    return `(${inside} && (c = u[${at}], ${this.#tables.test(WORD, 'c')}))`;
  }
}

/**
 * `(m, at, tag)`: resume at `at` with `m` in case `tag`; or, for a negative tag, put a slot back. The stack has room for all
 * pushes of the program between two looks at its size, see `ensureRoom`.
 */
function push(m: string, at: string, tag: string): string {
  return `st[sp] = ${m}; st[sp + 1] = ${at}; st[sp + 2] = ${tag}; sp += 3;`;
}

/** Looked at where control comes back to the same code: between two looks each push runs at most once. */
const ensureRoom = 'if (sp + room > st.length) { if (!grow()) return -2; st = stack; }';

/** A function that runs `cases` from position `p`: the end of the match, -1 for none, -2 when the budget ran out. */
export function matcherFunction(name: string, cases: string): string {
  return `function ${name}(u, n, p, slots, base) {
let st = stack, left = budget, sp = base, pc = 0, c = 0, m = 0, q = 0, r = 0;
${ensureRoom}
for (;;) {
switch (pc) {
${cases}
}
for (;;) {
if (sp === base) { budget = left; return -1; }
if (--left < 0) return -2;
${ensureRoom}
sp -= 3;
const tag = st[sp + 2];
if (tag < 0) { slots[-1 - tag] = st[sp + 1]; continue; }
m = st[sp]; p = st[sp + 1]; pc = tag;
break;
}
}
}`;
}

/** Code units of the run of single characters that starts at `items[from]`. */
function literalFrom(items: readonly Node[], from: number): number[] {
  const units: number[] = [];
  for (let i = from; i < items.length; i++) {
    const item = items[i]!;
    const only = item.kind === 'char' ? onlyMember(item.set) : undefined;
    if (only === undefined || only > 0xffff) break;
    units.push(only);
  }
  return units;
}
