import type { CompiledFilter, Expression } from '../../filter/compile.js';
import type { PossibleRegexes } from '../../filter/line.js';
import { meets } from '../../literals/bits.js';
import type { LineSpan } from '../block.js';
import { GroupSpans } from './group-spans.js';

/** No failure. */
export const NO_MATCH = -1;
/** This line has to be judged as text. */
export const LEFT = -2;

/** Beyond this a line is out of the ordinary, and perhaps built to hurt. */
const ordinaryBytes = 2048;

const newline = 0x0a;

/** Told of a match while the block still holds the text that the expressions saw. */
export type TakeMatch = (regex: number, groups: GroupSpans) => void;

/**
 * Judges lines where they stand in the block, without making a text of them: as `matchLine` does, for ordinary lines (ASCII, not too
 * long, with a date) of filters whose expressions all can. The expressions see a line without its date and with a newline behind it,
 * and behind `<F-CONTENT>`: for the time of the judgement the block is made to look like that.
 */
export class JudgeInPlace {
  readonly #filter: CompiledFilter;
  readonly #groups: readonly (GroupSpans | undefined)[];
  readonly #content: number;
  /** What a date's bytes were that the text before it took the place of. */
  #covered = new Uint8Array(64);

  private constructor(filter: CompiledFilter) {
    this.#filter = filter;
    this.#groups = filter.failregex.map((one) => GroupSpans.of(filter.prefregex, one));
    this.#content = filter.prefregex?.plan.named.find(({ name }) => name === 'content')?.index ?? -1;
  }

  /** @returns undefined where lines of this filter have to be judged as text */
  static of(filter: CompiledFilter): JudgeInPlace | undefined {
    const { prefregex, failregex, ignoreregex, encoding } = filter;
    const able = ({ regex }: Expression) => regex.execInPlace !== undefined;
    if (!encoding.asciiBytes || filter.maxlines > 1) return undefined;
    if (prefregex !== undefined && !able(prefregex)) return undefined;
    if (!failregex.every(able) || !ignoreregex.every(able)) return undefined;
    // An expression's offsets hold until its next call.
    if (failregex.some(({ regex }) => regex === prefregex?.regex)) return undefined;
    return new JudgeInPlace(filter);
  }

  /** Names of the groups of each failregex; undefined where its matches are left to be judged as text. */
  get groups(): readonly (GroupSpans | undefined)[] {
    return this.#groups;
  }

  /**
   * Judges one line.
   * @param dateStart, dateEnd where its date stands in the block
   * @param take told of the match
   * @returns index of the failregex that matched, NO_MATCH or LEFT
   */
  judge(
    bytes: Uint8Array,
    { start, end }: LineSpan,
    dateStart: number,
    dateEnd: number,
    only: PossibleRegexes,
    take: TakeMatch,
  ): number {
    const before = dateStart - start;
    if (end - start > ordinaryBytes || end >= bytes.length || before > this.#covered.length) return LEFT;
    const from = dateEnd - before;
    if (before === 0) return this.#judgeEnded(bytes, from, end, only, take);
    const covered = this.#covered;
    for (let at = 0; at < before; at++) covered[at] = bytes[from + at]!;
    bytes.copyWithin(from, start, dateStart);
    const outcome = this.#judgeEnded(bytes, from, end, only, take);
    for (let at = 0; at < before; at++) bytes[from + at] = covered[at]!;
    return outcome;
  }

  #judgeEnded(bytes: Uint8Array, from: number, end: number, only: PossibleRegexes, take: TakeMatch): number {
    const behind = bytes[end]!;
    bytes[end] = newline;
    const outcome = this.#judgeText(bytes, from, end, only, take);
    bytes[end] = behind;
    return outcome;
  }

  #judgeText(bytes: Uint8Array, from: number, end: number, only: PossibleRegexes, take: TakeMatch): number {
    const { prefregex, ignoresEarly } = this.#filter;
    if (ignoresEarly) {
      const ignored = this.#ignored(bytes, from, end);
      if (ignored !== NO_MATCH) return ignored === LEFT ? LEFT : NO_MATCH;
    }
    if (prefregex === undefined) return this.#failregex(bytes, from, end, end, undefined, only, take);
    const found = prefregex.regex.execInPlace!(bytes, from, end + 1);
    if (found === undefined) return LEFT;
    if (found === null) return NO_MATCH;
    if (this.#content < 0) return this.#failregex(bytes, from, end, end, found, only, take);
    const contentStart = found[2 * this.#content]!;
    const contentEnd = found[2 * this.#content + 1]!;
    if (contentStart < 0 || contentStart === contentEnd)
      return this.#failregex(bytes, from, end, end, found, only, take);
    if (contentEnd > end) return LEFT;
    const behind = bytes[contentEnd]!;
    bytes[contentEnd] = newline;
    const outcome = this.#failregex(bytes, contentStart, contentEnd, end, found, only, take);
    bytes[contentEnd] = behind;
    return outcome;
  }

  #failregex(
    bytes: Uint8Array,
    from: number,
    end: number,
    lineEnd: number,
    before: Int32Array | undefined,
    { needed, words, at }: PossibleRegexes,
    take: TakeMatch,
  ): number {
    const { failregex } = this.#filter;
    for (let index = 0; index < failregex.length; index++) {
      if (!meets(needed[index], words, at)) continue;
      const found = failregex[index]!.regex.execInPlace!(bytes, from, end + 1);
      if (found === undefined) return LEFT;
      if (found === null) continue;
      const groups = this.#groups[index];
      if (groups === undefined) return LEFT;
      if (!groups.resolve(before, lineEnd, found, end)) return LEFT;
      const ignored = this.#ignored(bytes, from, end);
      if (ignored !== NO_MATCH) return ignored === LEFT ? LEFT : NO_MATCH;
      take(index, groups);
      return index;
    }
    return NO_MATCH;
  }

  /** Index of the ignoreregex that matches, NO_MATCH or LEFT. */
  #ignored(bytes: Uint8Array, from: number, end: number): number {
    const { ignoreregex } = this.#filter;
    for (let index = 0; index < ignoreregex.length; index++) {
      const found = ignoreregex[index]!.regex.execInPlace!(bytes, from, end + 1);
      if (found !== null) return found === undefined ? LEFT : index;
    }
    return NO_MATCH;
  }
}
