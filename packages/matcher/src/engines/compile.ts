/** From the tree to the exact matcher's program. */
import { type CharSet, onlyMember } from '../dialect/charset.js';
import { contains, type Expression, type LookNode, type Node, type RepeatNode } from '../dialect/tree.js';
import { widthOf } from '../dialect/width.js';
import { isCounted, mostConditionGroups } from './budget.js';
import { firstSet, isAnchored } from './first.js';
import { forgetDependentStates } from './forget.js';
import { assertions, type CountedLoop, Op, type Program, type SetTable, type SubProgram } from './program.js';
import { setTable } from './set-table.js';

/** Compiles `expression`. Never refuses: what cannot be remembered is budgeted. */
export function compile(expression: Expression): Program {
  return new Compiler(expression).compile();
}

class Compiler {
  readonly #ops: number[] = [];
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #texts: string[] = [];
  readonly #sets: SetTable[] = [];
  readonly #setIndex = new Map<CharSet, number>();
  readonly #subs: SubProgram[] = [];
  readonly #subBodies: Node[] = [];
  readonly #subIndex = new Map<Node, number>();
  readonly #counted: CountedLoop[] = [];
  readonly #loops: number[][] = [];
  #enclosing: number[] = [];
  #registers = 0;
  #memoStates = 0;
  readonly #referenced: ReadonlySet<number>;
  readonly #conditionGroups: readonly number[];
  #node: Node;

  constructor(readonly expression: Expression) {
    const referenced = new Set<number>();
    const conditions = new Set<number>();
    contains(expression.root, (node) => {
      if (node.kind === 'backref') referenced.add(node.group);
      if (node.kind === 'conditional') conditions.add(node.group);
      return false;
    });
    this.#referenced = new Set([...referenced, ...conditions]);
    this.#conditionGroups = [...conditions];
    this.#node = expression.root;
  }

  compile(): Program {
    const { root } = this.expression;
    this.#emitNode(root);
    this.#emit(Op.match);
    for (let i = 0; i < this.#subs.length; i++) {
      this.#enclosing = [];
      this.#subs[i]!.entry = this.#ops.length;
      this.#emitNode(this.#subBodies[i]!);
      this.#emit(Op.match);
    }
    const tooManyConditions = this.#conditionGroups.length > mostConditionGroups;
    const budgeted = forgetDependentStates(
      { ops: this.#ops, a: this.#a, b: this.#b },
      (pc) => this.#isDependent(pc) || (tooManyConditions && this.#ops[pc] === Op.condition),
    );
    const first = firstSet(root);
    return {
      expression: this.expression,
      ops: Uint8Array.from(this.#ops),
      a: Int32Array.from(this.#a),
      b: Int32Array.from(this.#b),
      texts: this.#texts,
      sets: this.#sets,
      subs: this.#subs,
      counted: this.#counted,
      loops: this.#loops,
      registers: this.#registers,
      memoStates: this.#memoStates,
      conditionGroups: tooManyConditions ? [] : this.#conditionGroups,
      spanFrom: Int32Array.from(this.#from),
      spanTo: Int32Array.from(this.#to),
      budgeted,
      anchored: isAnchored(root),
      first: first && setTable(first),
    };
  }

  /** What follows this instruction depends on more than the position. */
  #isDependent(pc: number): boolean {
    const op = this.#ops[pc];
    if (op === Op.backref || op === Op.countLoop || op === Op.countEnter) return true;
    return op === Op.sub && this.#subs[this.#a[pc]!]!.stateful;
  }

  #emit(op: number, a = 0, b = 0): number {
    this.#ops.push(op);
    this.#a.push(a);
    this.#b.push(b);
    this.#from.push(this.#node.from);
    this.#to.push(this.#node.to);
    return this.#ops.length - 1;
  }

  get #here(): number {
    return this.#ops.length;
  }

  /** A point that is reached on several ways. */
  #emitJoin(): void {
    let loops = -1;
    if (this.#enclosing.length > 0) {
      loops = this.#loops.length;
      this.#loops.push([...this.#enclosing]);
    }
    this.#emit(Op.memo, this.#memoStates, loops);
    this.#memoStates += this.#enclosing.length + 1;
  }

  #emitNode(node: Node): void {
    const outer = this.#node;
    this.#node = node;
    this.#emitKind(node);
    this.#node = outer;
  }

  #emitKind(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
        this.#emitChars([node]);
        return;
      case 'concat':
        this.#emitConcat(node.items);
        return;
      case 'alternate':
        this.#emitAlternate(node.branches);
        return;
      case 'group':
        this.#emit(Op.mark, 2 * node.index);
        this.#emitNode(node.body);
        this.#emit(Op.mark, 2 * node.index + 1);
        return;
      case 'repeat':
        if (node.mode === 'possessive') this.#emitSub({ ...node, mode: 'greedy' }, 'atomic', node);
        else this.#emitRepeat(node);
        return;
      case 'atomic':
        this.#emitSub(node.body, 'atomic', node);
        return;
      case 'look':
        this.#emitSub(node.body, node.ahead ? 'lookahead' : 'lookbehind', node);
        return;
      case 'assert':
        this.#emit(Op.assert, assertions.indexOf(node.what));
        return;
      case 'backref':
        this.#emit(Op.backref, node.group, node.fold === 'none' ? 0 : node.fold === 'ascii' ? 1 : 2);
        return;
      case 'conditional': {
        const condition = this.#emit(Op.condition, node.group);
        this.#emitNode(node.yes);
        const jump = this.#emit(Op.jump);
        this.#b[condition] = this.#here;
        this.#emitNode(node.no);
        this.#a[jump] = this.#here;
        this.#emitJoin();
        return;
      }
    }
  }

  #emitConcat(items: readonly Node[]): void {
    let run: Node[] = [];
    const flush = (): void => {
      if (run.length > 0) this.#emitChars(run);
      run = [];
    };
    for (const item of items) {
      if (item.kind === 'char') {
        run.push(item);
      } else {
        flush();
        this.#emitNode(item);
      }
    }
    flush();
  }

  /** Characters in a row; neighbours that are plain become one text. */
  #emitChars(nodes: readonly Node[]): void {
    const outer = this.#node;
    let text = '';
    let from = 0;
    const flush = (to: number): void => {
      if (text === '') return;
      this.#node = { kind: 'empty', from, to };
      if (text.length === 1) this.#emit(Op.unit, text.charCodeAt(0));
      else this.#emit(Op.text, this.#texts.push(text) - 1);
      text = '';
    };
    for (const node of nodes) {
      if (node.kind !== 'char') continue;
      const only = onlyMember(node.set);
      if (only !== undefined && !(only >= 0xd800 && only <= 0xdfff)) {
        if (text === '') from = node.from;
        text += String.fromCodePoint(only);
        continue;
      }
      flush(node.from);
      this.#node = node;
      let index = this.#setIndex.get(node.set);
      if (index === undefined) {
        index = this.#sets.push(setTable(node.set)) - 1;
        this.#setIndex.set(node.set, index);
      }
      this.#emit(Op.set, index);
    }
    flush(nodes[nodes.length - 1]!.to);
    this.#node = outer;
  }

  #emitAlternate(branches: readonly Node[]): void {
    const jumps: number[] = [];
    for (const [i, branch] of branches.entries()) {
      const last = i === branches.length - 1;
      const split = last ? -1 : this.#emit(Op.split, this.#here + 1);
      this.#emitNode(branch);
      if (!last) {
        jumps.push(this.#emit(Op.jump));
        this.#b[split] = this.#here;
      }
    }
    for (const jump of jumps) this.#a[jump] = this.#here;
    this.#emitJoin();
  }

  #emitSub(body: Node, kind: SubProgram['kind'], node: Node): void {
    let index = this.#subIndex.get(node);
    if (index === undefined) {
      const look = node.kind === 'look' ? (node as LookNode) : undefined;
      const negative = look?.negative ?? false;
      const stateful = contains(
        body,
        (inner) => inner.kind === 'backref' || (inner.kind === 'group' && this.#referenced.has(inner.index)),
      );
      index = this.#subs.push({
        kind,
        negative,
        width: look?.width ?? 0,
        entry: 0,
        groups: negative ? [] : groupsIn(body),
        stateful,
      });
      index -= 1;
      this.#subBodies.push(body);
      this.#subIndex.set(node, index);
    }
    this.#emit(Op.sub, index);
  }

  #emitRepeat(node: RepeatNode): void {
    if (node.max === 0) return;
    if (isCounted(node)) {
      this.#emitCounted(node);
      return;
    }
    for (let i = 0; i < node.min; i++) this.#emitNode(node.body);
    if (node.max === Number.POSITIVE_INFINITY) this.#emitStar(node);
    else if (node.max > node.min) this.#emitOptional(node, node.max - node.min);
  }

  #emitSplit(lazy: boolean): number {
    return this.#emit(Op.split, lazy ? 0 : this.#here + 1, lazy ? this.#here + 1 : 0);
  }

  #patchExit(split: number, lazy: boolean): void {
    if (lazy) this.#a[split] = this.#here;
    else this.#b[split] = this.#here;
  }

  #emitStar(node: RepeatNode): void {
    const lazy = node.mode === 'lazy';
    const nullable = widthOf(node.body).min === 0;
    const head = this.#here;
    this.#emitJoin();
    const split = this.#emitSplit(lazy);
    let check = -1;
    if (nullable) {
      const register = this.#enter();
      this.#emitNode(node.body);
      check = this.#leave(register);
    } else {
      this.#emitNode(node.body);
    }
    this.#emit(Op.jump, head);
    this.#patchExit(split, lazy);
    if (check < 0) return;
    this.#b[check] = this.#here;
    this.#emitJoin();
  }

  /** Starts an iteration that may consume nothing. */
  #enter(): number {
    const register = this.#registers++;
    this.#emit(Op.loopStart, register);
    this.#enclosing.unshift(register);
    return register;
  }

  /** Ends it; the returned instruction's exit is to be filled in. */
  #leave(register: number): number {
    this.#enclosing.shift();
    return this.#emit(Op.loopCheck, register);
  }

  #emitOptional(node: RepeatNode, times: number): void {
    const lazy = node.mode === 'lazy';
    const nullable = times > 1 && widthOf(node.body).min === 0;
    const splits: number[] = [];
    const checks: number[] = [];
    for (let i = 0; i < times; i++) {
      splits.push(this.#emitSplit(lazy));
      if (nullable) {
        const register = this.#enter();
        this.#emitNode(node.body);
        checks.push(this.#leave(register));
      } else {
        this.#emitNode(node.body);
      }
    }
    for (const split of splits) this.#patchExit(split, lazy);
    for (const check of checks) this.#b[check] = this.#here;
    this.#emitJoin();
  }

  #emitCounted(node: RepeatNode): void {
    const register = this.#registers++;
    const loop: CountedLoop = {
      min: node.min,
      max: node.max,
      lazy: node.mode === 'lazy',
      enter: 0,
      exit: 0,
      register,
    };
    const index = this.#counted.push(loop) - 1;
    this.#emit(Op.countStart, index);
    const head = this.#emit(Op.countLoop, index);
    loop.enter = this.#emit(Op.countEnter, index);
    this.#emitNode(node.body);
    this.#emit(Op.jump, head);
    loop.exit = this.#here;
    this.#b[head] = this.#here;
  }
}

function groupsIn(node: Node): number[] {
  const groups = new Set<number>();
  contains(node, (inner) => inner.kind === 'group' && !groups.add(inner.index));
  return [...groups];
}
