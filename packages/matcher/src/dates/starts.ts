/**
 * Where in a line any of a detector's templates could begin. One pass over the line answers it for all templates at once, so
 * that a line without a date does not cost a search for each of them.
 */
import type { DateScanner } from './date-scanner.js';
import { kindsBySignature } from './kinds.js';

/** Scanners beyond this are searched one by one: a position's answer is one bit each. */
const mostScanners = 31;
const kindCount = 130;

/** The starts of one line. Made for a detector; refilled for each line. */
export class PossibleStarts {
  readonly #kindOf: Uint8Array;
  readonly #kinds: number;
  /** By kinds of the first two characters: bits of the scanners that can begin with them. */
  readonly #pairs: Int32Array;
  /** Bits of the scanners that begin only outside words. */
  readonly #outside: number;
  readonly #word = new Uint8Array(128);
  #positions = new Int32Array(256);
  #masks = new Int32Array(256);
  #count = 0;
  #any = 0;
  #line = '';

  readonly #scanners: readonly DateScanner[];

  constructor(scanners: readonly DateScanner[]) {
    this.#scanners = scanners;

    let outside = 0;
    for (const [bit, scanner] of scanners.entries()) if (scanner.outsideWords) outside |= 1 << bit;
    this.#outside = outside;
    for (let code = 0; code < 128; code++) this.#word[code] = /\w/.test(String.fromCharCode(code)) ? 1 : 0;

    // Characters that no scanner tells apart, neither as first nor as second, are one kind.
    const signatureOf = (code: number) => scanners.map((scanner) => scanner.kind(code)).join();
    const { kindOf, representatives } = kindsBySignature(kindCount, signatureOf);
    this.#kindOf = kindOf;
    this.#kinds = representatives.length;
    this.#pairs = new Int32Array(this.#kinds * this.#kinds);
    for (const [first, firstCode] of representatives.entries()) {
      for (const [second, secondCode] of representatives.entries()) {
        let mask = 0;
        for (const [bit, scanner] of scanners.entries()) {
          if (scanner.canBegin(firstCode, secondCode)) mask |= 1 << bit;
        }
        this.#pairs[first * this.#kinds + second] = mask;
      }
    }
  }

  /** Notes every position of `line` at which one of the scanners could begin. */
  fill(line: string): void {
    const kindOf = this.#kindOf;
    const kinds = this.#kinds;
    const pairs = this.#pairs;
    const outside = this.#outside;
    const word = this.#word;
    this.#line = line;
    this.#count = 0;
    this.#any = 0;
    const { length } = line;
    let code = length > 0 ? Math.min(line.charCodeAt(0), 128) : 129;
    let row = kindOf[code]! * kinds;
    let wordBefore = 0;
    for (let at = 0; at <= length; at++) {
      const nextCode = at + 1 < length ? Math.min(line.charCodeAt(at + 1), 128) : 129;
      const nextKind = kindOf[nextCode]!;
      let mask = pairs[row + nextKind]!;
      const wordHere = code < 128 ? word[code]! : 0;
      if (mask !== 0) {
        if ((wordBefore & wordHere) === 1) mask &= ~outside;
        if (mask !== 0) this.#note(at, mask);
      }
      wordBefore = wordHere;
      code = nextCode;
      row = nextKind * kinds;
    }
  }

  #note(at: number, mask: number): void {
    if (this.#count === this.#positions.length) {
      this.#positions = grown(this.#positions);
      this.#masks = grown(this.#masks);
    }
    this.#positions[this.#count] = at;
    this.#masks[this.#count] = mask;
    this.#count++;
    this.#any |= mask;
  }

  /** What `scanner.search` over the whole line gives, for the scanner with index `bit`. */
  search(bit: number): boolean {
    const flag = 1 << bit;
    if ((this.#any & flag) === 0) return false;
    const scanner = this.#scanners[bit] as DateScanner;
    const positions = this.#positions;
    const masks = this.#masks;
    const count = this.#count;
    scanner.attend(this.#line);
    for (let index = 0; index < count; index++) {
      if ((masks[index]! & flag) !== 0 && scanner.tryAt(positions[index]!)) return true;
    }
    return false;
  }
}

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** Which of `scanners` take part: those that can begin anywhere, as many as a position's answer has bits. */
export function untied(scanners: readonly (DateScanner | undefined)[]): number[] {
  const places: number[] = [];
  for (const [index, scanner] of scanners.entries()) {
    if (scanner !== undefined && !scanner.tied && places.length < mostScanners) places.push(index);
  }
  return places;
}
