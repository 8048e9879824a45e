// The block scan's inner loop, compiled to WebAssembly with SIMD: which lines of a block contain one of a set of literals?
//
// Sixteen bytes at a time, the next three bytes at each position are looked up by their nibbles in six small tables (the "Teddy"
// method of Hyperscan and ripgrep). Few positions survive; those are verified against the literals that share the hash of
// these three bytes. Newlines are found in the same pass, so lines are numbered for nothing extra.
//
// The host (src/literals/literal-scanner.ts) fills the tables and reads the hits; src/memory-layout.ts says where they are.

import {
  alwaysBits,
  hashFactor,
  hashFold,
  hashShift,
  heads,
  hitBits,
  hitBytes,
  hitEnd,
  hitLine,
  hitStart,
  hitTooLong,
  lineBitsNow,
  literalBit,
  literalBytes,
  literalFingerprint,
  literalFold,
  literalLength,
  literalNext,
  literals,
  literalText,
  nibbles,
  state,
  stateLines,
  stateLong,
  stateNext,
} from '../src/memory-layout';

export { matchHits, writeMatch } from './match';
export { surveyHits, surveyLine } from './survey';

function hashAt(at: usize): usize {
  const low: u32 = load<u8>(at);
  const middle: u32 = load<u8>(at, 1);
  const high: u32 = load<u8>(at, 2);
  const word: u32 = low | (middle << 8) | (high << 16) | hashFold;
  return (word * hashFactor) >> hashShift;
}

/** Sets the bits of the literals that stand at the fingerprint position `at` and begin at `first` or later; says whether there is one. */
function verify(at: usize, first: usize): bool {
  let found = false;
  let entryNumber: usize = load<u16>(heads + (hashAt(at) << 1));
  while (entryNumber !== 0) {
    const entry = literals + (entryNumber - 1) * literalBytes;
    const start = at - <usize>load<u32>(entry, literalFingerprint);
    if (start >= first && stands(entry, start)) {
      const bit: usize = load<u32>(entry, literalBit);
      const byte = lineBitsNow + (bit >> 3);
      store<u8>(byte, <u8>(<u32>load<u8>(byte) | ((<u32>1) << (<u32>bit & 7))));
      found = true;
    }
    entryNumber = load<u32>(entry, literalNext);
  }
  return found;
}

/** Whether a literal stands at `start`. */
function stands(entry: usize, start: usize): bool {
  const text: usize = load<u32>(entry, literalText);
  const fold: usize = load<u32>(entry, literalFold);
  const length: usize = load<u32>(entry, literalLength);
  let i: usize = 0;
  while (i < length && (load<u8>(start + i) | load<u8>(fold + i)) === load<u8>(text + i)) i++;
  return i === length;
}

/** Whether any literal stands there: the same look without a note. */
function isLiteral(at: usize, first: usize): bool {
  let entryNumber: usize = load<u16>(heads + (hashAt(at) << 1));
  while (entryNumber !== 0) {
    const entry = literals + (entryNumber - 1) * literalBytes;
    const start = at - <usize>load<u32>(entry, literalFingerprint);
    if (start >= first && stands(entry, start)) return true;
    entryNumber = load<u32>(entry, literalNext);
  }
  return false;
}

/** The bits that every line has, and no others. */
function clearLine(): void {
  v128.store(lineBitsNow, v128.load(alwaysBits));
  v128.store(lineBitsNow, v128.load(alwaysBits, 16), 16);
}

function newlinesAt(at: usize): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(10)));
}

/** Where the line begins in which `at` stands. */
function lineStartOf(at: usize, block: usize): usize {
  let from = at;
  while (from > block) {
    const mask = newlinesAt(from - 16);
    // The last newline in front of `from`.
    if (mask !== 0) {
      const start = from - <usize>(clz(mask) - 16);
      return start > block ? start : block;
    }
    from -= 16;
  }
  return block;
}

/** Where the newline is that ends the line in which `at` stands; there is one. */
function lineEndOf(at: usize): usize {
  let from = at;
  let mask = newlinesAt(from);
  while (mask === 0) {
    from += 16;
    mask = newlinesAt(from);
  }
  return from + <usize>ctz(mask);
}

function countNewlines(from: usize, to: usize): u32 {
  let count: u32 = 0;
  let at = from;
  for (; at + 16 <= to; at += 16) count += popcnt(newlinesAt(at));
  if (at < to) count += popcnt(newlinesAt(at) & ((1 << (<i32>(to - at))) - 1));
  return count;
}

function writeHit(out: usize, start: usize, end: usize, line: u32, tooLong: bool): void {
  store<u32>(out, <u32>start, hitStart);
  store<u32>(out, <u32>end, hitEnd);
  store<u32>(out, line, hitLine);
  store<u32>(out, tooLong ? 1 : 0, hitTooLong);
  v128.store(out, v128.load(lineBitsNow), hitBits);
  v128.store(out, v128.load(lineBitsNow, 16), hitBits + 16);
}

function stopAt(offset: usize, line: u32, long: u32, out: usize): usize {
  store<u32>(state, <u32>offset, stateNext);
  store<u32>(state, line, stateLines);
  store<u32>(state, long, stateLong);
  return out;
}

/**
 * Scans the lines of [block, end), which must end with a newline and be followed by 32 readable bytes, and writes one hit for
 * each line with a literal in it. Stops at a line's end when the hits are full; state says where to go on.
 * @param every alwaysBits holds a bit: every line becomes a hit
 * @param cap lines longer than this many bytes become a hit with flag 1 and no bits
 * @returns address after the last hit
 */
export function scan(block: usize, end: usize, out: usize, outEnd: usize, cap: u32, every: bool): usize {
  if (every || <usize>cap < 2 * stripBytes) return scanLines(block, end, out, outEnd, cap, every);
  return scanRare(block, end, out, outEnd, cap);
}

/** Bytes whose newlines are counted at once. A line longer than two of them has one to itself. */
const stripBytes: usize = 512;

/**
 * Where few lines matter: newlines are only counted, strip by strip, and a line's ends are looked for when it matters. The line that is
 * in work (its bits are in lineBitsNow) is written when the next one begins. Its tables are loaded here and once more in scanLines: they
 * have to be this function's own variables, in registers, and a function has but one value to give.
 */
function scanRare(block: usize, end: usize, out: usize, outEnd: usize, cap: u32): usize {
  const lo0 = v128.load(nibbles);
  const hi0 = v128.load(nibbles, 16);
  const lo1 = v128.load(nibbles, 32);
  const hi1 = v128.load(nibbles, 48);
  const lo2 = v128.load(nibbles, 64);
  const hi2 = v128.load(nibbles, 80);
  const low = i8x16.splat(0x0f);
  const newline = i8x16.splat(10);
  const zero = i8x16.splat(0);

  let line = load<u32>(state, stateLines);
  let long = load<u32>(state, stateLong);
  const begin = block + <usize>load<u32>(state, stateNext);
  let start: usize = 0;
  let lineEnd: usize = 0;
  let number: u32 = 0;
  let tooLong = false;
  let inWork = false;
  /** Up to here lines are known not to be too long, or noted. */
  let measured = begin;
  let before0 = zero;
  let before1 = zero;
  clearLine();

  for (let strip = begin; strip < end; strip += stripBytes) {
    const stripEnd = strip + stripBytes < end ? strip + stripBytes : end;
    let counts = zero;
    for (let at = strip; at < stripEnd; at += 16) {
      const bytes = v128.load(at);
      const lows = v128.and(bytes, low);
      const highs = i8x16.shr_u(bytes, 4);
      const first = v128.and(i8x16.swizzle(lo0, lows), i8x16.swizzle(hi0, highs));
      const second = v128.and(i8x16.swizzle(lo1, lows), i8x16.swizzle(hi1, highs));
      const third = v128.and(i8x16.swizzle(lo2, lows), i8x16.swizzle(hi2, highs));
      // What the two bytes before the third one say: for the first bytes of the sixteen that is known from those before.
      const buckets = v128.and(
        v128.and(third, i8x16.shuffle(before1, second, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)),
        i8x16.shuffle(before0, first, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
      );
      before0 = first;
      before1 = second;
      counts = i8x16.sub(counts, i8x16.eq(bytes, newline));
      if (!v128.any_true(buckets)) continue;
      let events = i8x16.bitmask(i8x16.ne(buckets, zero));
      if (at + 16 > end) events &= (1 << (<i32>(end - at))) - 1;
      while (events !== 0) {
        const position = at + <usize>ctz(events) - 2;
        events &= events - 1;
        if (inWork && position < lineEnd) {
          if (!tooLong) verify(position, block);
          continue;
        }
        if (!isLiteral(position, block)) continue;
        if (inWork) {
          writeHit(out, start - block, lineEnd - block, number, tooLong);
          out += hitBytes;
          clearLine();
          if (out >= outEnd) return stopAt(lineEnd + 1 - block, number + 1, long, out);
        }
        start = lineStartOf(position, block);
        lineEnd = lineEndOf(position);
        number = start > strip ? line + countNewlines(strip, start) : line;
        tooLong = <u32>(lineEnd - start) > cap;
        inWork = true;
        if (tooLong) long++;
        else verify(position, block);
        if (measured < lineEnd) measured = lineEnd;
      }
    }
    let newlines: u32;
    if (stripEnd - strip === stripBytes) {
      const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts));
      newlines =
        i32x4.extract_lane(sums, 0) +
        i32x4.extract_lane(sums, 1) +
        i32x4.extract_lane(sums, 2) +
        i32x4.extract_lane(sums, 3);
    } else newlines = countNewlines(strip, stripEnd);
    if (newlines === 0 && measured < stripEnd) {
      const longStart = lineStartOf(strip, block);
      const longEnd = lineEndOf(strip);
      measured = longEnd;
      if (<u32>(longEnd - longStart) > cap) {
        if (inWork) {
          writeHit(out, start - block, lineEnd - block, number, tooLong);
          out += hitBytes;
          clearLine();
          if (out >= outEnd) return stopAt(lineEnd + 1 - block, number + 1, long, out);
        }
        start = longStart;
        lineEnd = longEnd;
        number = line;
        tooLong = true;
        inWork = true;
        long++;
      }
    }
    line += newlines;
  }
  if (inWork) {
    writeHit(out, start - block, lineEnd - block, number, tooLong);
    out += hitBytes;
  }
  return stopAt(end - block, line, long, out);
}

/** Line by line, newlines and literals found in one pass: where every line becomes a hit, or few bytes make a line too long. */
function scanLines(block: usize, end: usize, out: usize, outEnd: usize, cap: u32, every: bool): usize {
  const lo0 = v128.load(nibbles);
  const hi0 = v128.load(nibbles, 16);
  const lo1 = v128.load(nibbles, 32);
  const hi1 = v128.load(nibbles, 48);
  const lo2 = v128.load(nibbles, 64);
  const hi2 = v128.load(nibbles, 80);
  const low = i8x16.splat(0x0f);
  const newline = i8x16.splat(10);
  const zero = i8x16.splat(0);

  let line = load<u32>(state, stateLines);
  let long = load<u32>(state, stateLong);
  let lineStart = block + <usize>load<u32>(state, stateNext);
  let hit = every;
  let at = lineStart;
  clearLine();

  while (at < end) {
    const first = v128.load(at);
    const second = v128.load(at, 1);
    const third = v128.load(at, 2);
    let buckets = v128.and(i8x16.swizzle(lo0, v128.and(first, low)), i8x16.swizzle(hi0, i8x16.shr_u(first, 4)));
    buckets = v128.and(
      buckets,
      v128.and(i8x16.swizzle(lo1, v128.and(second, low)), i8x16.swizzle(hi1, i8x16.shr_u(second, 4))),
    );
    buckets = v128.and(
      buckets,
      v128.and(i8x16.swizzle(lo2, v128.and(third, low)), i8x16.swizzle(hi2, i8x16.shr_u(third, 4))),
    );
    const newlines = i8x16.bitmask(i8x16.eq(first, newline));
    let events = newlines;
    if (v128.any_true(buckets)) events |= i8x16.bitmask(i8x16.ne(buckets, zero));
    if (at + 16 > end) events &= (1 << (<i32>(end - at))) - 1;

    while (events !== 0) {
      const i = ctz(events);
      events &= events - 1;
      const position = at + <usize>i;
      if (((newlines >> i) & 1) === 0) {
        if (verify(position, lineStart)) hit = true;
        continue;
      }
      const tooLong = <u32>(position - lineStart) > cap;
      if (tooLong) long++;
      if (hit || tooLong) {
        writeHit(out, lineStart - block, position - block, line, tooLong);
        out += hitBytes;
        clearLine();
      }
      hit = every;
      lineStart = position + 1;
      line++;
      if (out >= outEnd) return stopAt(lineStart - block, line, long, out);
    }
    at += 16;
  }
  return stopAt(end - block, line, long, out);
}
