import { type CharSet, fromRanges } from '../../dialect/charset.js';
import type { BackrefNode } from '../../dialect/tree.js';
import { toAsciiLower, toLower } from '../../dialect/unicode.js';
import type { Alphabet } from './alphabet.js';
import { $c, $left, $m, $p, $q, $r, gaveUp } from './frame.js';
import type { FunctionWriter } from './function-writer.js';
import {
  both,
  type Code,
  either,
  equal,
  get,
  give,
  go,
  i32,
  label,
  less,
  loadWord,
  loop,
  minus,
  plus,
  set,
  shiftRight,
  when,
} from './instructions.js';
import { Declined } from './workspace.js';

/** Small letters lie so far behind their capitals, in ASCII and in Latin-1. */
const capitals = 32;

/** The small letters whose capitals lie in their place before them, and are the same where case is ignored. */
function smallLetters(fold: 'ascii' | 'unicode'): CharSet {
  const lower = fold === 'ascii' ? toAsciiLower : toLower;
  const found: [number, number][] = [];
  for (let code = capitals; code < 256; code++) {
    if (lower(code - capitals) === code && lower(code) === code) found.push([code, code]);
  }
  return fromRanges(found);
}

/**
 * The text that a group holds, once more. Only where each character has a code of its own can codes be compared.
 * @throws Declined otherwise
 */
export function emitBackref(writer: FunctionWriter, { group, fold }: BackrefNode, alphabet: Alphabet): void {
  const { text, slots } = writer;
  if (text.unit !== 1) throw new Declined('back-reference by kind of character');
  const start = loadWord(i32(0), slots + 8 * group);
  const end = loadWord(i32(0), slots + 8 * group + 4);
  const next = label('next');
  const [was, is] = [text.load(get($q)), text.load(get($p))];
  const alike = equal(was, is);
  const inAnyCase = (how: 'ascii' | 'unicode'): Code[] => {
    const small = alphabet.bitsOf(smallLetters(how));
    const pair = (one: Code, other: Code) =>
      both(equal(one, plus(other, i32(capitals))), [set($c, one), text.isMember(small, get($c))]);
    return [pair(was, is), pair(is, was)];
  };
  const same = fold === 'none' ? alike : [alike, ...inAnyCase(fold)].reduce(either);
  writer.failIf(less(end, i32(0)));
  writer.add(set($m, end), set($q, start), set($r, minus(get($m), get($q))));
  writer.failIf(writer.shorterThan(get($r)));
  writer.add(
    set($left, minus(get($left), plus(shiftRight(get($r), i32(3)), i32(1)))),
    when(less(get($left), i32(0)), give(i32(gaveUp))),
    loop(next, when(less(get($q), get($m)), when(same, [set($q, plus(get($q), i32(1))), text.forward(1), go(next)]))),
  );
  writer.failIf(less(get($q), get($m)));
}
