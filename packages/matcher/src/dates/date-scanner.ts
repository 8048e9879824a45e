/** The date scanner: runs a template's program over the character codes of a line. One of the hot places. */
import { isWordAscii, isWordBeyond, sameIgnoringCase } from './characters.js';
import { Op, type ScanProgram } from './scan-program.js';

/** Kinds of entries on the stack of open alternatives; instructions are not negative. */
const undo = -1;
const backOff = -2;
const entryWords = 3;

/** Searches one template. Not re-entrant: one scanner serves one thread, one search at a time. */
export class DateScanner {
  /** Group offsets `[start0, end0, start1, …]` of the last successful search, -1 for groups without part. */
  readonly offsets: Int32Array;
  readonly #table: Uint8Array;
  /** Kind of each character code: 128 stands for all beyond ASCII, 129 for the line's end. */
  readonly #kindOf: Uint8Array;
  #stack: Int32Array = new Int32Array(64 * entryWords);
  #line = '';
  #limit = 0;
  #steps = 0;
  #touched = false;

  readonly #program: ScanProgram;

  constructor(program: ScanProgram) {
    this.#program = program;

    this.offsets = new Int32Array(program.groups * 2).fill(-1);
    this.#table = new Uint8Array(program.sets.length * 128);
    for (const [index, set] of program.sets.entries()) this.#table.set(set.ascii, index * 128);
    this.#kindOf = new Uint8Array(130);
    this.#kindOf.set(program.model.kindOf);
    this.#kindOf[128] = program.model.beyondKind;
    this.#kindOf[129] = program.model.endKind;
  }

  /** Only position 0 can match. */
  get tied(): boolean {
    return this.#program.tied;
  }

  /** Whether a match can only begin outside words. */
  get outsideWords(): boolean {
    return this.#program.code[this.#program.entry] === Op.EdgeBegin;
  }

  /** Steps of all searches so far, so that linearity can be tested in steps. */
  get stepCount(): number {
    return this.#steps;
  }

  /** A number that is the same for characters that this scanner does not tell apart; `code` as in `canBegin`. */
  kind(code: number): number {
    return this.#kindOf[code]!;
  }

  /** Whether a match can begin with these characters, by code; 128 for beyond ASCII, 129 for the line's end. */
  canBegin(first: number, second: number): boolean {
    const { outlook, model } = this.#program;
    return outlook.alive[this.#kindOf[first]! * model.kinds + this.#kindOf[second]!] === 1;
  }

  /**
   * Leftmost match that starts at `from` or later and sees nothing from `to` on (as Python's `pattern.search(line, from, to)`:
   * characters before `from` are seen by boundaries).
   */
  search(line: string, from: number, to: number): boolean {
    if (this.#program.tied && from > 0) return false;
    const limit = Math.min(to, line.length);
    this.#line = line;
    this.#limit = limit;
    const kindOf = this.#kindOf;
    const { kinds } = this.#program.model;
    const { alive } = this.#program.outlook;
    const last = this.#program.tied ? 0 : limit;
    let kind = kindOf[from < limit ? Math.min(line.charCodeAt(from), 128) : 129]!;
    for (let at = from; at <= last; at++) {
      const next = kindOf[at + 1 < limit ? Math.min(line.charCodeAt(at + 1), 128) : 129]!;
      if (alive[kind * kinds + next] === 1 && this.tryAt(at)) return true;
      kind = next;
    }
    return false;
  }

  /** Whether a match starts at `at`, in the line and window of the last `search` or `attend`. */
  tryAt(at: number): boolean {
    const { offsets } = this;
    if (this.#touched) offsets.fill(-1);
    this.#touched = true;
    const end = this.#run(this.#program.entry, at, 0);
    if (end < 0) return false;
    offsets[0] = at;
    offsets[1] = end;
    return true;
  }

  /** Sets the line for `tryAt`. */
  attend(line: string): void {
    this.#line = line;
    this.#limit = line.length;
  }

  /** Runs from an instruction and a position; gives the end of the match or -1. The stack is free from `base` on. */
  #run(entry: number, start: number, base: number): number {
    const line = this.#line;
    const limit = this.#limit;
    const table = this.#table;
    const offsets = this.offsets;
    const { code, runs, choices, lists, sets } = this.#program;
    let stack: Int32Array = this.#stack;
    let top = base;
    let pc = entry;
    let at = start;
    let steps = 0;
    for (;;) {
      steps++;
      const next = code[pc + 1]!;
      const a = code[pc + 2]!;
      let alive = false;
      // The numbers of `Op`: only literal ones make a jump table, which here is worth a third of the time.
      switch (code[pc]) {
        case 0: // Accept
          this.#steps += steps;
          return at;
        case 1: // Char
          if (at < limit && line.charCodeAt(at) === a) {
            at++;
            alive = true;
          }
          break;
        case 2: // Set
          if (at < limit) {
            const char = line.charCodeAt(at);
            if (char < 128) {
              if (table[a * 128 + char] === 1) {
                at++;
                alive = true;
              }
            } else {
              const end = this.#beyondEnd(a, at);
              if (end >= 0) {
                at = end;
                alive = true;
              }
            }
          }
          break;
        case 3: {
          // Choice
          let char = at < limit ? line.charCodeAt(at) : 128;
          if (char > 128) char = 128;
          const list = choices[a + char]!;
          const count = lists[list]!;
          if (count === 0) break;
          if (top + count * entryWords > stack.length) stack = this.#growStack(top + count * entryWords);
          for (let index = count; index > 1; index--) {
            stack[top] = lists[list + index]!;
            stack[top + 1] = at;
            top += entryWords;
          }
          pc = lists[list + 1]!;
          continue;
        }
        case 4: {
          // Run
          const limits = code[pc + 3]!;
          const min = runs[limits]!;
          const max = runs[limits + 1]!;
          const set = sets[a];
          let count = 0;
          let least = min === 0 ? at : -1;
          while (count !== max && at < limit) {
            const char = line.charCodeAt(at);
            if (char < 128) {
              if (table[a * 128 + char] === 0) break;
              at++;
            } else {
              const end = set === undefined ? -1 : this.#beyondEnd(a, at);
              if (end < 0) break;
              at = end;
            }
            count++;
            if (count === min) least = at;
          }
          if (count < min) break;
          if (runs[limits + 2] === 1 && at > least) {
            if (top + 2 * entryWords > stack.length) stack = this.#growStack(top + 2 * entryWords);
            stack[top] = backOff - pc;
            stack[top + 1] = at;
            stack[top + 2] = least;
            top += entryWords;
          }
          alive = true;
          break;
        }
        case 5: // Save
          if (top > base) {
            if (top + entryWords > stack.length) stack = this.#growStack(top + entryWords);
            stack[top] = undo;
            stack[top + 1] = a;
            stack[top + 2] = offsets[a]!;
            top += entryWords;
          }
          offsets[a] = at;
          alive = true;
          break;
        case 6: {
          // Reference
          const end = this.#referenceEnd(a, code[pc + 3] === 1, at);
          if (end >= 0) {
            at = end;
            alive = true;
          }
          break;
        }
        case 7: // Ahead
          alive = this.#run(a, at, top) >= 0 !== (code[pc + 3] === 1);
          stack = this.#stack;
          break;
        case 8: // Behind
          alive = this.#behind(a, code[pc + 3]!, at, top);
          stack = this.#stack;
          break;
        case 9: // Conditional
          if (offsets[a]! < 0) {
            pc = code[pc + 3]!;
            continue;
          }
          alive = true;
          break;
        case 10: // Begin
          alive = at === 0;
          break;
        case 11: // End
          alive = at === limit || (at === limit - 1 && line.charCodeAt(at) === 10);
          break;
        case 12: // Boundary
          alive = (this.#wordBefore(at) !== this.#wordAt(at)) !== (a === 1);
          break;
        case 13: {
          // EdgeBegin
          const word = this.#wordBefore(at);
          alive = at < limit ? !(word && this.#wordAt(at)) : word || at === 0;
          break;
        }
        default: // EdgeEnd
          alive = !(this.#wordAt(at) && this.#wordBefore(at));
          break;
      }
      if (alive) {
        pc = next;
        continue;
      }
      // Back to the last open alternative, undoing what was noted since.
      for (;;) {
        if (top === base) {
          this.#steps += steps;
          return -1;
        }
        top -= entryWords;
        const kind = stack[top]!;
        if (kind === undo) {
          offsets[stack[top + 1]!] = stack[top + 2]!;
          continue;
        }
        at = stack[top + 1]!;
        if (kind >= 0) {
          pc = kind;
          break;
        }
        const run = backOff - kind;
        at = this.#before(at);
        if (at > stack[top + 2]!) {
          stack[top + 1] = at;
          top += entryWords;
        }
        pc = code[run + 1]!;
        break;
      }
    }
  }

  #growStack(size: number): Int32Array {
    const grown = new Int32Array(Math.max(size, this.#stack.length * 2));
    grown.set(this.#stack);
    this.#stack = grown;
    return grown;
  }

  /** End of the character beyond ASCII at `at` when it belongs to set `index`, else -1. */
  #beyondEnd(index: number, at: number): number {
    const set = this.#program.sets[index];
    if (set === undefined || set.beyond === 0) return -1;
    const codePoint = this.#line.codePointAt(at) ?? 0;
    const end = codePoint > 0xffff ? at + 2 : at + 1;
    return end <= this.#limit && set.has(codePoint) ? end : -1;
  }

  #referenceEnd(group: number, ignoreCase: boolean, at: number): number {
    const line = this.#line;
    const offsets = this.offsets;
    const end = offsets[group * 2 + 1]!;
    if (end < 0) return -1;
    const from = offsets[group * 2]!;
    const length = end - from;
    if (at + length > this.#limit) return -1;
    for (let offset = 0; offset < length; offset++) {
      const a = line.charCodeAt(from + offset);
      const b = line.charCodeAt(at + offset);
      if (a !== b && !(ignoreCase && sameIgnoringCase(a, b))) return -1;
    }
    return at + length;
  }

  #behind(program: number, operand: number, at: number, top: number): boolean {
    let from = at;
    for (let count = operand >> 1; count > 0 && from >= 0; count--) from = this.#before(from);
    return (from >= 0 && this.#run(program, from, top) === at) !== ((operand & 1) === 1);
  }

  /** Start of the character that ends at `at`; -1 at the line's start. */
  #before(at: number): number {
    if (at <= 0) return -1;
    const code = this.#line.charCodeAt(at - 1);
    if (code < 0xdc00 || code >= 0xe000 || at < 2) return at - 1;
    const high = this.#line.charCodeAt(at - 2);
    return high >= 0xd800 && high < 0xdc00 ? at - 2 : at - 1;
  }

  #wordBefore(at: number): boolean {
    if (at === 0) return false;
    const code = this.#line.charCodeAt(at - 1);
    return code < 128 ? isWordAscii(code) : isWordBeyond(this.#line.codePointAt(this.#before(at)) ?? 0);
  }

  #wordAt(at: number): boolean {
    if (at >= this.#limit) return false;
    const code = this.#line.charCodeAt(at);
    return code < 128 ? isWordAscii(code) : isWordBeyond(this.#line.codePointAt(at) ?? 0);
  }
}
