/** Bracketed classes: `[^a-z\d]`. */
import { type CharSet, negate, range, single, union } from './charset.js';
import type { Cursor } from './cursor.js';
import { readClassEscape } from './escapes.js';
import type { Flags } from './flags.js';
import { ignoreCase } from './unicode.js';

/** Classes by their text: the same few turn up in every expression of a host. */
const known = new Map<string, CharSet>();
const mostKnown = 1024;

/** Reads a class; the cursor stands behind `[`, and afterwards behind `]`. */
export function readClass(cursor: Cursor, flags: Flags): CharSet {
  const open = cursor.pos - 1;
  const negative = cursor.eat('^');
  const sets: CharSet[] = [];
  for (;;) {
    const at = cursor.pos;
    if (cursor.done) cursor.fail('unterminated character set', open);
    if (cursor.peek() === ']' && sets.length > 0) break;
    const from = readMember(cursor, flags);
    if (!cursor.eat('-')) {
      sets.push(typeof from === 'number' ? single(from) : from);
      continue;
    }
    if (cursor.done) cursor.fail('unterminated character set', open);
    if (cursor.peek() === ']') {
      sets.push(typeof from === 'number' ? single(from) : from, single(0x2d));
      break;
    }
    const to = readMember(cursor, flags);
    if (typeof from !== 'number' || typeof to !== 'number' || to < from) {
      cursor.fail(`bad character range ${cursor.source.slice(at, cursor.pos)}`, at);
    }
    sets.push(range(from, to));
  }
  cursor.take();
  const key = `${flags.ignoreCase ? 'i' : ''}${flags.ascii ? 'a' : ''}${cursor.source.slice(open, cursor.pos)}`;
  let set = known.get(key);
  if (set === undefined) {
    set = union(...sets);
    if (flags.ignoreCase) set = ignoreCase(set, flags.ascii);
    if (negative) set = negate(set);
    if (known.size < mostKnown) known.set(key, set);
  }
  return set;
}

function readMember(cursor: Cursor, flags: Flags): number | CharSet {
  const char = cursor.take();
  if (char !== '\\') return char.codePointAt(0)!;
  const found = readClassEscape(cursor, flags.ascii);
  if (found.kind === 'class') return found.set;
  return found.kind === 'literal' ? found.codePoint : cursor.fail('bad escape');
}
