import type { BackrefNode } from '../../dialect/tree.js';
import { $left, $m, $p, $q, $r, gaveUp } from './frame.js';
import type { FunctionWriter } from './function-writer.js';
import {
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

/**
 * The text that a group holds, once more. Only where each character has a code of its own can codes be compared.
 * @throws Declined otherwise
 */
export function emitBackref(writer: FunctionWriter, { group, fold }: BackrefNode): void {
  const { text, slots } = writer;
  if (fold !== 'none' || text.unit !== 1) throw new Declined('back-reference by kind of character');
  const start = loadWord(i32(0), slots + 8 * group);
  const end = loadWord(i32(0), slots + 8 * group + 4);
  const next = label('next');
  writer.failIf(less(end, i32(0)));
  writer.add(set($m, end), set($q, start), set($r, minus(get($m), get($q))));
  writer.failIf(writer.shorterThan(get($r)));
  writer.add(
    set($left, minus(get($left), plus(shiftRight(get($r), i32(3)), i32(1)))),
    when(less(get($left), i32(0)), give(i32(gaveUp))),
    loop(
      next,
      when(
        less(get($q), get($m)),
        when(equal(text.load(get($q)), text.load(get($p))), [
          set($q, plus(get($q), i32(1))),
          text.forward(1),
          go(next),
        ]),
      ),
    ),
  );
  writer.failIf(less(get($q), get($m)));
}
