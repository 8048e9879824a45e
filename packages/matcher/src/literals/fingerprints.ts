import type { Literal } from './literal.js';

/** How the scan first looks for a literal: three of its bytes, in one of the buckets that are looked up together. */
export interface Fingerprint {
  /** Offset of the three bytes in the literal. */
  readonly at: number;
  readonly bucket: number;
}

/** As many literals can be told apart at the first look as a byte has bits. */
export const bucketCount = 8;

/** Places in a literal that are tried, the rarest ones. */
const placesTried = 8;

/** Places of the sample that are looked at for each literal: few literals are told apart at a glance. */
const lookedAtPerLiteral = 64;
const mostLookedAt = 16_384;

/**
 * How much a text counts that has nothing to do with the sample, as a share of the sample's length: what is equally good for the
 * sample should be good for others too.
 */
const otherTexts = 0.25;

/** Some of the kinds of three bytes of a sample, a bit each. */
type Kinds = Uint32Array;

/** Up to so many literals are told apart well enough when each is given a place once. */
const fewLiterals = 32;
/** More would be told apart too, but the main thread has no time for it. */
const manyLiterals = 512;

/**
 * Chooses three bytes of each literal and a bucket for it, so that the first look stops at few places of a text like `sample`. A bucket
 * lets through all that its literals' half bytes combine to, so alike literals belong together, and rare ones of their bytes count.
 * Greedily: the literal that is hardest to hide comes first, and each goes where it adds the fewest places. Many literals choose once more,
 * in view of where the others are by then.
 */
export function chooseFingerprints(literals: readonly Literal[], sample: Uint8Array): Fingerprint[] {
  const text = new Sample(sample, Math.min(mostLookedAt, lookedAtPerLiteral * literals.length));
  const hard = literals
    .map((literal, index) => ({ index, places: text.rarestPlaces(literal) }))
    .sort((a, b) => b.places[0]!.cost - a.places[0]!.cost);
  const buckets = Array.from({ length: bucketCount }, () => text.newBucket());
  const chosen: { place: Place; bucket: number }[] = new Array(literals.length);
  const choose = (index: number, places: readonly Place[]) => {
    const through = text.through(buckets);
    let best = { place: places[0]!, bucket: 0, cost: Number.POSITIVE_INFINITY };
    for (const place of places) {
      for (const [bucket, candidate] of buckets.entries()) {
        const cost = text.costOf(candidate, place, through, best.cost);
        if (cost < best.cost) best = { place, bucket, cost };
        // One empty bucket is like the other.
        if (candidate.combinations === 0) break;
      }
    }
    text.add(buckets[best.bucket]!, best.place);
    chosen[index] = best;
  };
  for (const { index, places } of hard) choose(index, places);
  const again = literals.length > fewLiterals && literals.length <= manyLiterals;
  for (const { index, places } of again ? hard : []) {
    const { place, bucket } = chosen[index]!;
    text.remove(buckets[bucket]!, place);
    choose(index, places);
  }
  return chosen.map(({ place, bucket }) => ({ at: place.at, bucket }));
}

/** The first three bytes of each literal, and one bucket after the other: where a choice would take longer than it saves. */
export function firstFingerprints(literals: readonly Literal[]): Fingerprint[] {
  return literals.map((_, index) => ({ at: 0, bucket: index % bucketCount }));
}

/** By half byte, the low one before the high one, of three bytes. */
interface Halves {
  /** The kinds that have one of the half bytes. */
  readonly kinds: readonly Kinds[];
  /** The half bytes, a bit each. */
  readonly values: readonly number[];
}

/** What a bucket lets through. */
interface Bucket extends Halves {
  readonly values: number[];
  /** How many of its literals have each half byte: 16 counts for each of the six. */
  readonly members: Uint32Array;
  /** To how many kinds of three bytes its half bytes combine. */
  combinations: number;
  /** The kinds of the sample among them. */
  readonly through: Kinds;
}

interface Place extends Halves {
  readonly at: number;
  readonly cost: number;
}

class Sample {
  readonly #words: number;
  /** How often each kind stands in the sample. */
  readonly #counts: Uint32Array;
  /** What one combination of half bytes costs that the sample does not have. */
  readonly #combination: number;
  /** By half byte of the three bytes, and its value: the kinds that have it. */
  readonly #having: readonly Kinds[];

  /** @param places so many of the sample's places are looked at */
  constructor(sample: Uint8Array, places: number) {
    const counts = new Map<number, number>();
    const step = Math.max(1, Math.floor(sample.length / places));
    for (let at = 0; at + 3 <= sample.length; at += step) {
      const kind = sample[at]! | (sample[at + 1]! << 8) | (sample[at + 2]! << 16);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    this.#counts = Uint32Array.from(counts.values());
    this.#combination = (otherTexts * places) / 2 ** 24;
    this.#words = (counts.size + 31) >> 5;
    this.#having = Array.from({ length: 6 * 16 }, () => new Uint32Array(this.#words));
    let index = 0;
    for (const kind of counts.keys()) {
      for (let half = 0; half < 6; half++) {
        this.#having[16 * half + ((kind >> (4 * half)) & 15)]![index >> 5]! |= 1 << (index & 31);
      }
      index++;
    }
  }

  newBucket(): Bucket {
    const kinds = Array.from({ length: 6 }, () => new Uint32Array(this.#words));
    return {
      kinds,
      values: [0, 0, 0, 0, 0, 0],
      members: new Uint32Array(6 * 16),
      combinations: 0,
      through: new Uint32Array(this.#words),
    };
  }

  /** What some bucket lets through. */
  through(buckets: readonly Bucket[]): Kinds {
    const all = new Uint32Array(this.#words);
    for (const { through } of buckets) for (let i = 0; i < this.#words; i++) all[i]! |= through[i]!;
    return all;
  }

  /** Places of a literal to choose from, best first. */
  rarestPlaces(literal: Literal): Place[] {
    const alone = this.newBucket();
    const nothing = new Uint32Array(this.#words);
    const places: Place[] = [];
    for (let at = 0; at + 3 <= literal.text.length; at++) {
      const halves = this.#halvesAt(literal, at);
      places.push({ at, ...halves, cost: this.costOf(alone, halves, nothing, Number.POSITIVE_INFINITY) });
    }
    return places.sort((a, b) => a.cost - b.cost).slice(0, placesTried);
  }

  #halvesAt({ text, foldCase }: Literal, at: number): Halves {
    const kinds: Kinds[] = [];
    const values: number[] = [];
    for (let i = 0; i < 3; i++) {
      const byte = text[at + i]!;
      const [low, high] = [byte & 15, byte >> 4];
      const having = (half: number, value: number) => this.#having[16 * (2 * i + half) + value]!;
      // The two cases of a letter differ in their high half alone.
      const isLetter = foldCase && byte >= 0x61 && byte <= 0x7a;
      const capitals = having(1, high - 2);
      kinds.push(having(0, low), isLetter ? having(1, high).map((word, k) => word | capitals[k]!) : having(1, high));
      values.push(1 << low, isLetter ? (1 << high) | (1 << (high - 2)) : 1 << high);
    }
    return { kinds, values };
  }

  /**
   * What it costs that `bucket` lets more through with `more` in it: places of the sample. Counts no further than to `enough`.
   * @param through what is let through anyway
   */
  costOf(bucket: Bucket, more: Halves, through: Kinds, enough: number): number {
    const [a, b, c, d, e, f] = bucket.kinds as [Kinds, Kinds, Kinds, Kinds, Kinds, Kinds];
    const [u, v, w, x, y, z] = more.kinds as [Kinds, Kinds, Kinds, Kinds, Kinds, Kinds];
    let combinations = 1;
    for (let half = 0; half < 6; half++) combinations *= bitCount(bucket.values[half]! | more.values[half]!);
    let cost = (combinations - bucket.combinations) * this.#combination;
    for (let i = 0; i < this.#words && cost < enough; i++) {
      let kinds =
        (a[i]! | u[i]!) & (b[i]! | v[i]!) & (c[i]! | w[i]!) & (d[i]! | x[i]!) & (e[i]! | y[i]!) & (f[i]! | z[i]!);
      for (kinds &= ~through[i]!; kinds !== 0; kinds &= kinds - 1) {
        cost += this.#counts[32 * i + 31 - Math.clz32(kinds & -kinds)]!;
      }
    }
    return cost;
  }

  add(bucket: Bucket, more: Halves): void {
    for (const [half, kinds] of bucket.kinds.entries()) {
      for (const value of bitsOf(more.values[half]!)) bucket.members[16 * half + value]!++;
      for (let i = 0; i < this.#words; i++) kinds[i]! |= more.kinds[half]![i]!;
      bucket.values[half]! |= more.values[half]!;
    }
    this.#combine(bucket);
  }

  remove(bucket: Bucket, one: Halves): void {
    for (const [half, kinds] of bucket.kinds.entries()) {
      let left = bucket.values[half]!;
      for (const value of bitsOf(one.values[half]!)) {
        if (--bucket.members[16 * half + value]! === 0) left &= ~(1 << value);
      }
      if (left === bucket.values[half]) continue;
      bucket.values[half] = left;
      kinds.fill(0);
      for (const value of bitsOf(left)) {
        const having = this.#having[16 * half + value]!;
        for (let i = 0; i < this.#words; i++) kinds[i]! |= having[i]!;
      }
    }
    this.#combine(bucket);
  }

  #combine(bucket: Bucket): void {
    bucket.combinations = bucket.values.reduce((product, values) => product * bitCount(values), 1);
    const [a, b, c, d, e, f] = bucket.kinds as [Kinds, Kinds, Kinds, Kinds, Kinds, Kinds];
    for (let i = 0; i < this.#words; i++) bucket.through[i] = a[i]! & b[i]! & c[i]! & d[i]! & e[i]! & f[i]!;
  }
}

function bitsOf(bits: number): number[] {
  const found: number[] = [];
  for (let left = bits; left !== 0; left &= left - 1) found.push(31 - Math.clz32(left & -left));
  return found;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
