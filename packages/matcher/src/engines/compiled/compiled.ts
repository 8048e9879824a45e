import type { Expression, Node } from '../../dialect/tree.js';
import { inRanges } from '../set-table.js';
import { Declined, SetTables } from './code.js';
import { Emitter, matcherFunction } from './emit.js';
import { firstOf } from './first.js';
import { unitsOf } from './subject.js';

/** The subject is not for this engine, or hurt it: ask the exact matcher. */
export const GAVE_UP = -2;

/** Steps that a search may take: this many per character, and a start. Beyond it the memoised matcher is cheaper. */
const stepsPerCharacter = 24;
const freeSteps = 512;

/** What is left open at once may take 8 MB; no ordinary line comes near it. */
const mostStackInts = 2 ** 20;

/** A search compiled to JavaScript: 1 found (slots filled), -1 not found, `GAVE_UP`. Slots are `[start0, end0, start1, …]`. */
export interface CompiledSearch {
  (subject: string, slots: Int32Array): number;
  /** The same over text that stands in a larger one, a byte a character; slots count from the beginning of the larger one. */
  readonly inPlace: UnitSearch<Uint8Array>;
}

/** Searches `units` between `from` and `to`. */
type UnitSearch<U> = (units: U, from: number, to: number, slots: Int32Array) => number;

/**
 * Compiles a tree to a backtracking search, as fast as a hand-written parser on ordinary lines. It is linear by construction: the
 * steps it may take are bounded by the subject's length, and when they run out it gives up, and the memoised matcher answers.
 * @returns undefined when the expression is not for this engine
 */
export function compileSearch(expression: Expression): CompiledSearch | undefined {
  const latin1 = generate<Uint8Array>(expression, false);
  if (latin1 === undefined) return undefined;
  let wide: UnitSearch<Uint16Array> | undefined;
  const search = (subject: string, slots: Int32Array): number => {
    const units = unitsOf(subject);
    if (units === undefined) return GAVE_UP;
    if (units.kind === 'latin1') return latin1(units.latin1, 0, units.length, slots);
    wide ??= generate<Uint16Array>(expression, true)!;
    return wide(units.wide, 0, units.length, slots);
  };
  return Object.assign(search, { inPlace: latin1 });
}

/** One function for each kind of array: V8 makes neither fast where both come to the same place. */
function generate<U>(expression: Expression, isWide: boolean): UnitSearch<U> | undefined {
  const tables = new SetTables(isWide);
  const emitter = new Emitter(tables);
  try {
    const cases = emitter.program(expression.root, 'slots[1] = p; return p;');
    const body = [
      ...emitter.functions,
      matcherFunction('run', cases),
      searchFunction(expression.root, tables),
      'return search;',
    ].join('\n');
    const source = `"use strict"; const room = ${3 * (emitter.pushes + 1)}; let budget = 0, from = 0, stack = new Int32Array(room + 1024);
${tables.low.map((_, index) => `const t${index} = low[${index}], h${index} = high[${index}];`).join(' ')}
function grow() {
if (stack.length > ${mostStackInts}) return false;
const more = new Int32Array(stack.length * 2); more.set(stack); stack = more; return true;
}
${body}`;
    return new Function('low', 'high', 'inHigh', source)(tables.low, tables.high, inRanges) as UnitSearch<U>;
  } catch (error) {
    if (error instanceof Declined) return undefined;
    throw error;
  }
}

/** The text that is run holds numbers only: no character of an expression or of a log ever becomes source code. */
function searchFunction(root: Node, tables: SetTables): string {
  const first = firstOf(root);
  const skip = first.nullable
    ? ''
    : `if (start >= n) return -1; const c = u[start]; if (!${tables.test(first.set, 'c')}) continue;`;
  return `function search(u, first, n, slots) {
from = first;
budget = (n - first) * ${stepsPerCharacter} + ${freeSteps};
const last = ${isAnchored(root) ? 'first' : 'n'};
for (let start = first; start <= last; start++) {
${skip}
if (--budget < 0) return ${GAVE_UP};
slots.fill(-1);
slots[0] = start;
const end = run(u, n, start, slots, 0);
if (end === ${GAVE_UP}) return ${GAVE_UP};
if (end >= 0) return 1;
}
return -1;
}`;
}

/** Whether a match can only begin at the start of the subject. */
function isAnchored(node: Node): boolean {
  switch (node.kind) {
    case 'assert':
      return node.what === 'start';
    case 'concat':
      return node.items.length > 0 && isAnchored(node.items[0]!);
    case 'alternate':
      return node.branches.every(isAnchored);
    case 'group':
    case 'atomic':
      return isAnchored(node.body);
    default:
      return false;
  }
}
