import type { Expression, Node } from '../../dialect/tree.js';
import { inRanges } from '../set-table.js';
import { Declined, SetTables } from './code.js';
import { Emitter, matcherFunction } from './emit.js';
import { firstOf } from './first.js';

/** The subject is not for this engine, or hurt it: ask the exact matcher. */
export const GAVE_UP = -2;

/** Steps that a search may take: this many per character, and a start. Beyond it the memoised matcher is cheaper. */
const stepsPerCharacter = 24;
const freeSteps = 512;

/** What is left open at once may take 8 MB; no ordinary line comes near it. */
const mostStackInts = 2 ** 20;

/** A search compiled to JavaScript: 1 found (slots filled), -1 not found, `GAVE_UP`. Slots are `[start0, end0, start1, …]`. */
export type CompiledSearch = (subject: string, slots: Int32Array) => number;

/**
 * Compiles a tree to a backtracking search, as fast as a hand-written parser on ordinary lines. It is linear by construction: the
 * steps it may take are bounded by the subject's length, and when they run out it gives up, and the memoised matcher answers.
 * @returns undefined when the expression is not for this engine
 */
export function compileSearch(expression: Expression): CompiledSearch | undefined {
  const tables = new SetTables();
  const emitter = new Emitter(tables);
  try {
    const cases = emitter.program(expression.root, 'slots[1] = p; return p;');
    const source = [
      `"use strict"; let budget = 0; const room = ${3 * (emitter.pushes + 1)}; let st = new Int32Array(room + 1024);`,
      `function grow() { if (st.length > ${mostStackInts}) return false; const more = new Int32Array(st.length * 2); more.set(st); st = more; return true; }`,
      ...emitter.functions,
      matcherFunction('run', cases),
      searchFunction(expression.root, tables),
      'return search;',
    ].join('\n');
    return new Function('low', 'high', 'inHigh', source)(tables.low, tables.high, inRanges) as CompiledSearch;
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
    : `if (start >= n) return -1; const c = s.charCodeAt(start); if (!${tables.test(first.set, 'c')}) continue;`;
  // Half of a pair is no character: such subjects go to the matcher that walks by code points.
  return `const pair = /[\\ud800-\\udfff]/;
function search(s, slots) {
const n = s.length;
if (pair.test(s)) return ${GAVE_UP};
budget = n * ${stepsPerCharacter} + ${freeSteps};
const last = ${isAnchored(root) ? 0 : 'n'};
for (let start = 0; start <= last; start++) {
${skip}
if (--budget < 0) return ${GAVE_UP};
slots.fill(-1);
slots[0] = start;
const end = run(s, n, start, slots, 0);
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
