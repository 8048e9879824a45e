/**
 * The exact matcher: Python's `re.search` by backtracking with a memory. A state (instruction, position) that has failed once
 * is never entered again, so the work is bounded by program size times subject length, while alternatives are still tried in
 * Perl's order. Lookarounds and atomic groups run as programs of their own whose states remember success as well, so that each
 * is answered once per position.
 */
import { RegexBudgetError } from '../errors.js';
import { assertionHolds } from './assertions.js';
import { backrefEnd } from './backref.js';
import type { StepCounter } from './engine.js';
import { Op, type Program } from './program.js';
import { inRanges, memberAt } from './set-table.js';
import { StateMemory } from './state-memory.js';

/** Steps on one subject for expressions whose states cannot all be remembered. */
export const STEP_BUDGET = 1_000_000;

/** Tags of stack entries that are no choice points (those carry an instruction, 0 or more). Entries are three numbers. */
const UNDO_MARK = -1;
const FRAME = -2;
const CAPTURING_SUB = -3;
const UNDO_REGISTER = -4;
const UNDO_COUNTER = -5;

const MAIN = -1;

export class ExactMatcher {
  /** Offsets of groups after a match: start and end of group 0, group 1, …; -1 where a group took no part. */
  readonly marks: Int32Array;
  readonly #program: Program;
  readonly #registers: Int32Array;
  readonly #counters: Int32Array;
  readonly #visited: StateMemory;
  /** States of sub-programs that led to success. */
  readonly #succeeded: StateMemory | undefined;
  /** States on the way of a sub-program whose groups were filled in. */
  readonly #replayed: StateMemory | undefined;
  /** Groups of sub-programs that have their final value. */
  readonly #settledGroups: Uint8Array;
  /** Where an atomic group ended from a successful state. */
  readonly #ends = new Map<number, number>();
  #stack = new Int32Array(3 * 256);
  #sp = 0;
  #subject = '';
  #steps = 0;
  readonly #budget: number;
  #far = -1;
  #farPc = 0;

  constructor(program: Program, budget: number = STEP_BUDGET) {
    this.#program = program;
    this.#budget = program.budgeted ? budget : Number.POSITIVE_INFINITY;
    this.marks = new Int32Array(2 * (program.expression.groupCount + 1));
    this.#registers = new Int32Array(program.registers);
    this.#counters = new Int32Array(program.counted.length);
    const states = program.memoStates << program.conditionGroups.length;
    this.#visited = new StateMemory(states);
    this.#succeeded = program.subs.length > 0 ? new StateMemory(states) : undefined;
    this.#replayed = program.subs.some((sub) => sub.groups.length > 0) ? new StateMemory(states) : undefined;
    this.#settledGroups = new Uint8Array(program.expression.groupCount + 1);
  }

  /**
   * Searches `subject`; the result is in `marks`.
   * @throws RegexBudgetError (`F2B_REGEX_BUDGET`) only for budgeted programs.
   */
  search(subject: string, counter?: StepCounter): boolean {
    this.#begin(subject);
    const found = this.#searchFrom(subject);
    this.#stretchFurthest();
    if (counter) counter.steps += this.#steps;
    this.#subject = '';
    if (this.#stack.length > 1 << 18) this.#stack = new Int32Array(3 * 256);
    return found;
  }

  /** How far into the subject the last search could get, and the instruction that stopped it there. */
  get furthest(): { readonly at: number; readonly pc: number } {
    return { at: this.#far, pc: this.#farPc };
  }

  /** Where a text stopped the way, its first characters may still have been there. */
  #stretchFurthest(): void {
    const { ops, a, texts } = this.#program;
    if (this.#far < 0 || ops[this.#farPc] !== Op.text) return;
    const text = texts[a[this.#farPc]!]!;
    let same = 0;
    while (same < text.length && text[same] === this.#subject[this.#far + same]) same++;
    this.#far += same;
  }

  #begin(subject: string): void {
    this.#subject = subject;
    this.#steps = 0;
    this.#far = -1;
    this.#sp = 0;
    this.marks.fill(-1);
    this.#visited.reset(subject.length);
    this.#succeeded?.reset(subject.length);
    this.#replayed?.reset(subject.length);
    this.#settledGroups.fill(0);
    this.#ends.clear();
  }

  #searchFrom(subject: string): boolean {
    const { first, anchored } = this.#program;
    const last = anchored ? 0 : subject.length;
    for (let start = 0; start <= last; start++) {
      if (first !== undefined) {
        while (start < last && !memberAt(first, subject, start)) start++;
        this.#steps++;
        if (start >= subject.length) return false;
        if (start === last && !memberAt(first, subject, start)) return false;
      }
      if (start > 0 && insidePair(subject, start)) continue;
      const end = this.#run(0, start, MAIN, true);
      if (end >= 0) {
        this.marks[0] = start;
        this.marks[1] = end;
        return true;
      }
    }
    return false;
  }

  /**
   * Runs the program at `entry` from `start`. Returns the end of the match, or -1 with everything undone. `sub`: which sub-program,
   * or MAIN. `capture`: marks are wanted; otherwise only the answer.
   */
  #run(entry: number, start: number, sub: number, capture: boolean): number {
    const { ops, a, b, texts, sets, loops, subs, counted } = this.#program;
    const subject = this.#subject;
    const length = subject.length;
    const base = this.#sp;
    const inSub = sub !== MAIN;
    let pc = entry;
    let pos = start;
    for (;;) {
      if (++this.#steps > this.#budget) throw this.#exhausted();
      let ok = true;
      switch (ops[pc]) {
        case Op.unit:
          ok = pos < length && subject.charCodeAt(pos) === a[pc];
          if (ok) {
            pos++;
            pc++;
          }
          break;
        case Op.text: {
          const text = texts[a[pc]!]!;
          ok = subject.startsWith(text, pos);
          if (ok) {
            pos += text.length;
            pc++;
          }
          break;
        }
        case Op.set: {
          if (pos >= length) {
            ok = false;
            break;
          }
          const table = sets[a[pc]!]!;
          const unit = subject.charCodeAt(pos);
          if (unit < 256) {
            ok = table.low[unit] === 1;
            if (ok) pos++;
          } else {
            const codePoint = subject.codePointAt(pos)!;
            ok = inRanges(table.ranges, codePoint);
            if (ok) pos += codePoint > 0xffff ? 2 : 1;
          }
          if (ok) pc++;
          break;
        }
        case Op.split:
          this.#push(b[pc]!, pos, 0);
          pc = a[pc]!;
          break;
        case Op.jump:
          pc = a[pc]!;
          break;
        case Op.mark:
          if (capture) {
            const slot = a[pc]!;
            this.#push(UNDO_MARK, slot, this.marks[slot]!);
            this.marks[slot] = pos;
          }
          pc++;
          break;
        case Op.assert:
          ok = assertionHolds(a[pc]!, subject, pos);
          if (ok) pc++;
          break;
        case Op.memo: {
          let state = a[pc]!;
          if (b[pc]! >= 0) {
            for (const register of loops[b[pc]!]!) {
              if (this.#registers[register] !== pos) break;
              state++;
            }
          }
          state = this.#withConditions(state);
          if (this.#visited.add(state, pos)) {
            if (inSub) this.#push(FRAME, state, pos);
          } else if (!inSub || !this.#succeeded!.has(state, pos)) {
            ok = false;
            break;
          } else if (!capture) {
            const end = subs[sub]!.kind === 'atomic' ? this.#ends.get(this.#endKey(state, pos))! : pos;
            this.#settle(base, sub, end);
            this.#sp = base;
            return end;
          } else if (!subs[sub]!.stateful && !this.#replayed!.add(state, pos)) {
            // A later run went on from here as well, and has set what there is to set on this way.
            this.#captureSubs(base, sub);
            return pos;
          }
          pc++;
          break;
        }
        case Op.loopStart: {
          const register = a[pc]!;
          this.#push(UNDO_REGISTER, register, this.#registers[register]!);
          this.#registers[register] = pos;
          pc++;
          break;
        }
        case Op.loopCheck:
          pc = this.#registers[a[pc]!] === pos ? b[pc]! : pc + 1;
          break;
        case Op.sub: {
          const end = this.#runSub(a[pc]!, pos, capture);
          ok = end >= 0;
          if (ok) {
            if (subs[a[pc]!]!.kind === 'atomic') pos = end;
            pc++;
          }
          break;
        }
        case Op.backref: {
          const end = backrefEnd(subject, pos, this.marks[2 * a[pc]!]!, this.marks[2 * a[pc]! + 1]!, b[pc]!);
          ok = end >= 0;
          if (ok) {
            this.#steps += (end - pos) >> 3;
            pos = end;
            pc++;
          }
          break;
        }
        case Op.condition:
          pc = this.#isSet(a[pc]!) ? pc + 1 : b[pc]!;
          break;
        case Op.countStart: {
          const loop = counted[a[pc]!]!;
          this.#push(UNDO_COUNTER, a[pc]!, this.#counters[a[pc]!]!);
          this.#push(UNDO_REGISTER, loop.register, this.#registers[loop.register]!);
          this.#counters[a[pc]!] = 0;
          this.#registers[loop.register] = -1;
          pc++;
          break;
        }
        case Op.countLoop: {
          const loop = counted[a[pc]!]!;
          const count = this.#counters[a[pc]!]!;
          if (count < loop.min) {
            pc = loop.enter;
          } else if (count >= loop.max || this.#registers[loop.register] === pos) {
            pc = loop.exit;
          } else {
            this.#push(loop.lazy ? loop.enter : loop.exit, pos, 0);
            pc = loop.lazy ? loop.exit : loop.enter;
          }
          break;
        }
        case Op.countEnter: {
          const loop = counted[a[pc]!]!;
          const count = this.#counters[a[pc]!]!;
          this.#push(UNDO_COUNTER, a[pc]!, count);
          this.#counters[a[pc]!] = count + 1;
          if (count >= loop.min) {
            this.#push(UNDO_REGISTER, loop.register, this.#registers[loop.register]!);
            this.#registers[loop.register] = pos;
          }
          pc++;
          break;
        }
        case Op.match:
          if (inSub) this.#settle(base, sub, pos);
          if (capture) this.#captureSubs(base, sub);
          else this.#sp = base;
          return pos;
        default:
          ok = false;
      }
      if (ok) continue;
      if (!inSub && (pos > this.#far || (pos === this.#far && pc > this.#farPc))) {
        this.#far = pos;
        this.#farPc = pc;
      }
      // Back to the last choice, undoing what was marked since.
      const stack = this.#stack;
      let sp = this.#sp;
      let tag = -1;
      while (sp > base) {
        sp -= 3;
        tag = stack[sp]!;
        if (tag >= 0) break;
        if (tag === UNDO_MARK) this.marks[stack[sp + 1]!] = stack[sp + 2]!;
        else if (tag === UNDO_REGISTER) this.#registers[stack[sp + 1]!] = stack[sp + 2]!;
        else if (tag === UNDO_COUNTER) this.#counters[stack[sp + 1]!] = stack[sp + 2]!;
      }
      this.#sp = sp;
      if (tag < 0) return -1;
      pc = tag;
      pos = stack[sp + 1]!;
    }
  }

  /** Answers sub-program `index` at `pos`: -1, or the end (for lookarounds: anything not negative). */
  #runSub(index: number, pos: number, capture: boolean): number {
    const sub = this.#program.subs[index]!;
    const from = sub.kind === 'lookbehind' ? stepBack(this.#subject, pos, sub.width) : pos;
    if (from < 0) return sub.negative ? pos : -1;
    const base = this.#sp;
    const end = this.#run(sub.entry, from, index, sub.stateful);
    if (sub.negative) {
      if (end < 0) return pos;
      this.#undo(base);
      return -1;
    }
    if (end < 0) return -1;
    if (sub.groups.length > 0 && !sub.stateful && capture) this.#push(CAPTURING_SUB, index, from);
    return end;
  }

  /** A sub-program has matched: the states still on the stack are the way to success. */
  #settle(base: number, sub: number, end: number): void {
    const atomic = this.#program.subs[sub]!.kind === 'atomic';
    for (let at = base; at < this.#sp; at += 3) {
      if (this.#stack[at] !== FRAME) continue;
      const state = this.#stack[at + 1]!;
      const pos = this.#stack[at + 2]!;
      this.#succeeded!.add(state, pos);
      if (atomic) this.#ends.set(this.#endKey(state, pos), end);
    }
    if (!this.#program.subs[sub]!.stateful) return;
    this.#keepUndo(base);
  }

  /** Drops choices and frames above `base`, keeps what backtracking past the sub-program must still undo. */
  #keepUndo(base: number): void {
    const stack = this.#stack;
    let kept = base;
    for (let at = base; at < this.#sp; at += 3) {
      const tag = stack[at]!;
      if (tag !== UNDO_MARK && tag !== CAPTURING_SUB) continue;
      stack[kept] = tag;
      stack[kept + 1] = stack[at + 1]!;
      stack[kept + 2] = stack[at + 2]!;
      kept += 3;
    }
    this.#sp = kept;
  }

  /**
   * Fills in the groups of the sub-programs on the way to the match. The last run of a sub-program decides on its groups, runs before
   * it only on those that it left unset: so the runs are gone through backwards. Stateful ones have done it in place.
   */
  #captureSubs(base: number, sub: number): void {
    if (sub !== MAIN && this.#program.subs[sub]!.stateful) return;
    const found: number[] = [];
    for (let at = base; at < this.#sp; at += 3) {
      if (this.#stack[at] === CAPTURING_SUB) found.push(this.#stack[at + 1]!, this.#stack[at + 2]!);
    }
    this.#sp = base;
    for (let i = found.length - 2; i >= 0; i -= 2) this.#captureSub(found[i]!, found[i + 1]!);
  }

  #captureSub(index: number, pos: number): void {
    const { groups, entry } = this.#program.subs[index]!;
    const { marks } = this;
    if (groups.every((group) => this.#settledGroups[group] === 1)) return;
    const settled = groups.filter((group) => this.#settledGroups[group] === 1);
    const values = settled.map((group) => [marks[2 * group]!, marks[2 * group + 1]!] as const);
    for (const group of groups) marks.fill(-1, 2 * group, 2 * group + 2);
    const base = this.#sp;
    this.#run(entry, pos, index, true);
    this.#sp = base;
    for (const [i, group] of settled.entries()) marks.set(values[i]!, 2 * group);
    for (const group of groups) if (marks[2 * group + 1]! >= 0) this.#settledGroups[group] = 1;
  }

  #undo(base: number): void {
    while (this.#sp > base) {
      this.#sp -= 3;
      if (this.#stack[this.#sp] === UNDO_MARK) this.marks[this.#stack[this.#sp + 1]!] = this.#stack[this.#sp + 2]!;
    }
  }

  #isSet(group: number): boolean {
    const end = this.marks[2 * group + 1]!;
    return end >= 0 && end >= this.marks[2 * group]!;
  }

  /** The state number with the set-ness of the groups that conditionals ask about. */
  #withConditions(state: number): number {
    let result = state;
    for (const group of this.#program.conditionGroups) result = 2 * result + (this.#isSet(group) ? 1 : 0);
    return result;
  }

  #endKey(state: number, pos: number): number {
    return state * (this.#subject.length + 1) + pos;
  }

  #push(tag: number, x: number, y: number): void {
    if (this.#sp + 3 > this.#stack.length) {
      const bigger = new Int32Array(this.#stack.length * 2);
      bigger.set(this.#stack);
      this.#stack = bigger;
    }
    const sp = this.#sp;
    this.#stack[sp] = tag;
    this.#stack[sp + 1] = x;
    this.#stack[sp + 2] = y;
    this.#sp = sp + 3;
  }

  #exhausted(): RegexBudgetError {
    return new RegexBudgetError(this.#program.expression.source, this.#steps, this.#subject.length);
  }
}

/** Whether `pos` lies between the two halves of a character beyond the basic plane. */
function insidePair(subject: string, pos: number): boolean {
  const unit = subject.charCodeAt(pos);
  if (unit < 0xdc00 || unit > 0xdfff) return false;
  const before = subject.charCodeAt(pos - 1);
  return before >= 0xd800 && before <= 0xdbff;
}

/** The position `count` characters before `pos`, or -1. */
function stepBack(subject: string, pos: number, count: number): number {
  let at = pos;
  for (let i = 0; i < count; i++) {
    if (at === 0) return -1;
    at--;
    if (at > 0 && insidePair(subject, at)) at--;
  }
  return at;
}
