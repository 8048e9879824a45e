/**
 * The exact matcher: Python's `re.search` by backtracking with a memory. A state (instruction, position) that has failed once
 * is never entered again, so the work is bounded by program size times subject length, while alternatives are still tried in
 * Perl's order. Lookarounds and atomic groups run as programs of their own whose states remember success as well, so that each
 * is answered once per position.
 */
import { RegexBudgetError } from '../errors.js';
import { assertionHolds } from './assertions.js';
import { backrefEnd } from './backref.js';
import { BacktrackStack, capturingSub, frameMark, undoCounter, undoMark, undoRegister } from './backtrack-stack.js';
import { insidePair, stepBack } from './characters.js';
import type { StepCounter } from './engine.js';
import { Op, type Program } from './program.js';
import { inRanges, memberAt } from './set-table.js';
import { StateMemory } from './state-memory.js';

/** Steps on one subject for expressions whose states cannot all be remembered: so many, and more on long lines. */
const stepBudget = 500_000;
const stepsPerCharacter = 64;

const mainProgram = -1;

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
  readonly #stack = new BacktrackStack();
  #subject = '';
  #steps = 0;
  #budget = Number.POSITIVE_INFINITY;
  #far = -1;
  #farPc = 0;

  constructor(program: Program) {
    this.#program = program;
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
    this.#stack.reset();
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
    if (this.#program.budgeted) this.#budget = stepBudget + stepsPerCharacter * subject.length;
    this.#far = -1;
    this.#stack.reset();
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
      const end = this.#run(0, start, mainProgram, true);
      if (end >= 0) {
        this.marks[0] = start;
        this.marks[1] = end;
        return true;
      }
    }
    return false;
  }

  /**
   * Runs the program at `entry` from `start`.
   * @param sub which sub-program, or `mainProgram`
   * @param capture marks are wanted; otherwise only the answer
   * @returns the end of the match, or -1 with everything undone
   */
  #run(entry: number, start: number, sub: number, capture: boolean): number {
    const { ops, a, b, texts, sets, loops, subs, counted } = this.#program;
    const subject = this.#subject;
    const length = subject.length;
    const stack = this.#stack;
    const base = stack.top;
    const inSub = sub !== mainProgram;
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
          stack.push(b[pc]!, pos, 0);
          pc = a[pc]!;
          break;
        case Op.jump:
          pc = a[pc]!;
          break;
        case Op.mark:
          if (capture) {
            const slot = a[pc]!;
            stack.push(undoMark, slot, this.marks[slot]!);
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
            if (inSub) stack.push(frameMark, state, pos);
          } else if (!inSub || !this.#succeeded!.has(state, pos)) {
            ok = false;
            break;
          } else if (!capture) {
            const end = subs[sub]!.kind === 'atomic' ? this.#ends.get(this.#endKey(state, pos))! : pos;
            this.#settle(base, sub, end);
            stack.top = base;
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
          stack.push(undoRegister, register, this.#registers[register]!);
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
          stack.push(undoCounter, a[pc]!, this.#counters[a[pc]!]!);
          stack.push(undoRegister, loop.register, this.#registers[loop.register]!);
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
            stack.push(loop.lazy ? loop.enter : loop.exit, pos, 0);
            pc = loop.lazy ? loop.exit : loop.enter;
          }
          break;
        }
        case Op.countEnter: {
          const loop = counted[a[pc]!]!;
          const count = this.#counters[a[pc]!]!;
          stack.push(undoCounter, a[pc]!, count);
          this.#counters[a[pc]!] = count + 1;
          if (count >= loop.min) {
            stack.push(undoRegister, loop.register, this.#registers[loop.register]!);
            this.#registers[loop.register] = pos;
          }
          pc++;
          break;
        }
        case Op.match:
          if (inSub) this.#settle(base, sub, pos);
          if (capture) this.#captureSubs(base, sub);
          else stack.top = base;
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
      const { data } = stack;
      let sp = stack.top;
      let tag = -1;
      while (sp > base) {
        sp -= 3;
        tag = data[sp]!;
        if (tag >= 0) break;
        if (tag === undoMark) this.marks[data[sp + 1]!] = data[sp + 2]!;
        else if (tag === undoRegister) this.#registers[data[sp + 1]!] = data[sp + 2]!;
        else if (tag === undoCounter) this.#counters[data[sp + 1]!] = data[sp + 2]!;
      }
      stack.top = sp;
      if (tag < 0) return -1;
      pc = tag;
      pos = data[sp + 1]!;
    }
  }

  /** Answers sub-program `index` at `pos`: -1, or the end (for lookarounds: anything not negative). */
  #runSub(index: number, pos: number, capture: boolean): number {
    const sub = this.#program.subs[index]!;
    const from = sub.kind === 'lookbehind' ? stepBack(this.#subject, pos, sub.width) : pos;
    if (from < 0) return sub.negative ? pos : -1;
    const stack = this.#stack;
    const base = stack.top;
    const end = this.#run(sub.entry, from, index, sub.stateful);
    if (sub.negative) {
      if (end < 0) return pos;
      this.#undo(base);
      return -1;
    }
    if (end < 0) return -1;
    if (sub.groups.length > 0 && !sub.stateful && capture) stack.push(capturingSub, index, from);
    return end;
  }

  /** A sub-program has matched: the states still on the stack are the way to success. */
  #settle(base: number, sub: number, end: number): void {
    const stack = this.#stack;
    const atomic = this.#program.subs[sub]!.kind === 'atomic';
    for (let at = base; at < stack.top; at += 3) {
      if (stack.data[at] !== frameMark) continue;
      const state = stack.data[at + 1]!;
      const pos = stack.data[at + 2]!;
      this.#succeeded!.add(state, pos);
      if (atomic) this.#ends.set(this.#endKey(state, pos), end);
    }
    if (!this.#program.subs[sub]!.stateful) return;
    this.#stack.keepUndo(base);
  }

  /**
   * Fills in the groups of the sub-programs on the way to the match. The last run of a sub-program decides on its groups, runs before
   * it only on those that it left unset: so the runs are gone through backwards. Stateful ones have done it in place.
   */
  #captureSubs(base: number, sub: number): void {
    if (sub !== mainProgram && this.#program.subs[sub]!.stateful) return;
    const stack = this.#stack;
    const found: number[] = [];
    for (let at = base; at < stack.top; at += 3) {
      if (stack.data[at] === capturingSub) found.push(stack.data[at + 1]!, stack.data[at + 2]!);
    }
    stack.top = base;
    for (let i = found.length - 2; i >= 0; i -= 2) this.#captureSub(found[i]!, found[i + 1]!);
  }

  #captureSub(index: number, pos: number): void {
    const { groups, entry } = this.#program.subs[index]!;
    const { marks } = this;
    if (groups.every((group) => this.#settledGroups[group] === 1)) return;
    const settled = groups.filter((group) => this.#settledGroups[group] === 1);
    const values = settled.map((group) => [marks[2 * group]!, marks[2 * group + 1]!] as const);
    for (const group of groups) marks.fill(-1, 2 * group, 2 * group + 2);
    const stack = this.#stack;
    const base = stack.top;
    this.#run(entry, pos, index, true);
    stack.top = base;
    for (const [i, group] of settled.entries()) marks.set(values[i]!, 2 * group);
    for (const group of groups) if (marks[2 * group + 1]! >= 0) this.#settledGroups[group] = 1;
  }

  #undo(base: number): void {
    const stack = this.#stack;
    while (stack.top > base) {
      stack.top -= 3;
      if (stack.data[stack.top] === undoMark) this.marks[stack.data[stack.top + 1]!] = stack.data[stack.top + 2]!;
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

  #exhausted(): RegexBudgetError {
    return new RegexBudgetError(this.#program.expression.source, this.#steps, this.#subject.length);
  }
}
