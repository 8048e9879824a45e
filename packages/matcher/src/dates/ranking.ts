/**
 * The order in which templates are tried, and what it rests on. It is the only thing about dates that changes from line to
 * line, so it is a value of its own.
 */
import type { EpochMs } from '@f2b/config';

/** What stands for "never matched, anywhere". */
export const far = 0x7fffffff;
/** A place is given up when its template has not matched for so long. */
const stale = 300_000;

/** The mutable ranking of one detector, by one owner. */
export class DateRanking {
  /** Template indices, the first tried first. */
  order: number[];
  /** By template index: matches so far. */
  hits: number[];
  /** By template index: time of the last match; 0 for none. */
  lastUsed: EpochMs[];
  /** By template index: start of its last match. */
  distance: number[];
  /** Place in `order` of the last winner; -1 before the first. */
  lastPlace = -1;
  lastStart = 1;
  /** Character codes before and at the last start; -1 for none. */
  startBefore = -1;
  startAt = -1;
  lastEnd = far;
  endBefore = -1;
  endAt = -1;
  /** Place in `order` of the first template without a match. */
  firstUnused = 0;
  /** The present, for "not used for five minutes": whoever owns the ranking sets it, once per block is enough. */
  now: EpochMs = 0;

  readonly #weights: readonly number[];

  constructor(weights: readonly number[]) {
    this.#weights = weights;

    this.order = weights.map((_weight, template) => template);
    this.hits = weights.map(() => 0);
    this.lastUsed = weights.map(() => 0);
    this.distance = weights.map(() => far);
  }

  /** Notes that the template at `place` won with a match from `start` to `end` of `line`, and ranks it anew. */
  won(place: number, line: string, start: number, end: number): void {
    this.startBefore = codeAt(line, start - 1);
    this.startAt = codeAt(line, start);
    this.endBefore = codeAt(line, end - 1);
    this.endAt = codeAt(line, end);
    this.#note(place, start, end);
  }

  /** The same for the ASCII line that stands in `bytes` from `from` to `to`; `start` and `end` count from `from`. */
  wonInPlace(place: number, bytes: Uint8Array, from: number, to: number, start: number, end: number): void {
    this.startBefore = start > 0 ? bytes[from + start - 1]! : -1;
    this.startAt = from + start < to ? bytes[from + start]! : -1;
    this.endBefore = end > 0 ? bytes[from + end - 1]! : -1;
    this.endAt = from + end < to ? bytes[from + end]! : -1;
    this.#note(place, start, end);
  }

  #note(place: number, start: number, end: number): void {
    const template = this.order[place]!;
    this.hits[template] = this.hits[template]! + 1;
    this.lastUsed[template] = this.now;
    this.distance[template] = start;
    this.lastStart = start;
    this.lastEnd = end;
    this.lastPlace = place !== 0 && place !== this.lastPlace ? this.#rerank(place) : place;
    const { order, hits } = this;
    while (this.firstUnused < order.length && hits[order[this.firstUnused]!]! > 0) this.firstUnused++;
  }

  /** The same edges as at the last match: either the character outside is the same, or the one inside and it is no letter. */
  sameEdges(line: string): boolean {
    const start = this.lastStart;
    const end = this.lastEnd;
    const begins =
      codeAt(line, start - 1) === this.startBefore ||
      (codeAt(line, start) === this.startAt && !isAlphanumeric(this.startAt));
    if (!begins) return false;
    return (
      codeAt(line, end) === this.endAt || (codeAt(line, end - 1) === this.endBefore && !isAlphanumeric(this.endBefore))
    );
  }

  #rank(place: number): number {
    const template = this.order[place]!;
    return (this.hits[template]! * this.#weights[template]!) / Math.max(1, this.distance[template]!);
  }

  /** Moves the template at `place` forward if it deserves it; gives its new place. */
  #rerank(place: number): number {
    const { order, lastUsed } = this;
    const weight = this.#rank(place);
    const used = lastUsed[order[place]!] as EpochMs;
    const deserves = (target: number): boolean =>
      weight > this.#rank(target) || (lastUsed[order[target]!] as EpochMs) < used - stale;
    let target = this.firstUnused < place ? this.firstUnused : place >> 1;
    if (!deserves(target)) {
      target = place - 1;
      if (!deserves(target)) return place;
    }
    const [moved] = order.splice(place, 1);
    if (moved !== undefined) order.splice(target, 0, moved);
    return target;
  }
}

/** Code of the character at `at`; -1 outside the line. */
function codeAt(line: string, at: number): number {
  return at >= 0 && at < line.length ? line.charCodeAt(at) : -1;
}

function isAlphanumeric(code: number): boolean {
  if (code < 128) return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return /^[\p{L}\p{N}]$/u.test(String.fromCharCode(code));
}
