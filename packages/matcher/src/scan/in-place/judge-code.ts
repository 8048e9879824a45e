import { GAVE_UP, NOT_FOUND } from '../../engines/wasm/frame.js';
import {
  block,
  both,
  type Code,
  copyMemory,
  either,
  equal,
  get,
  go,
  goIf,
  greater,
  greaterOrEqual,
  i32,
  type Label,
  label,
  less,
  loadByte,
  loadWord,
  minus,
  plus,
  set,
  storeByte,
  storeWord,
  when,
} from '../../engines/wasm/instructions.js';
import { ModuleWriter } from '../../engines/wasm/module.js';
import { FOUND } from '../../engines/wasm/search.js';
import type { Bits } from '../../literals/bits.js';
import type { GroupSource } from './group-sources.js';

/** No failure. */
export const NO_MATCH = -1;
/** This line has to be judged as text. */
export const LEFT = -2;
/** The search at a place of the table is not there yet; `MISSING - place` says which. */
export const MISSING = -3;

/** What may stand in front of a date. */
export const mostBefore = 64;

/** The search for one expression. */
export interface SearchPlace {
  /** Its place in the table of functions: `(from, end)` gives FOUND, NOT_FOUND, GAVE_UP or MISSING. */
  readonly place: number;
  /** Address of the offsets that it leaves, as addresses: `[start0, end0, start1, …]`, -1 for a group that took no part. */
  readonly slots: number;
}

/** A filter, as far as its judgement needs to know it. */
export interface JudgedFilter {
  readonly ignoresEarly: boolean;
  readonly prefregex: SearchPlace | undefined;
  /** Group of prefregex that holds what the failregex see; -1: they see the line. */
  readonly content: number;
  readonly failregex: readonly {
    readonly search: SearchPlace;
    /** The line must have one of these bits. */
    readonly needed: Bits | undefined;
    /** Where its groups come from; undefined: its matches have to be judged as text. */
    readonly groups: readonly GroupSource[] | undefined;
  }[];
  readonly ignoreregex: readonly SearchPlace[];
}

/** Where a judgement works. */
export interface JudgePlaces {
  /** Address of `mostBefore` bytes. */
  readonly covered: number;
  /** Address of two words for each group of a match: begin and end as addresses, -1 for a group that took no part. */
  readonly spans: number;
}

const newline = 0x0a;

const START = 0;
const DATE_START = 1;
const DATE_END = 2;
const END = 3;
const BITS = 4;
const FROM = 5;
const LIMIT = 6;
const BEHIND = 7;
const BEHIND_CONTENT = 8;
const FOUND_HERE = 9;
const RESULT = 10;
const SPAN_START = 11;
const SPAN_END = 12;
const SPAN_LIMIT = 13;
const parameters = 5;
const locals = 9;

/**
 * Writes the module with the function `judge`, which judges a line where it stands, as `matchLine` judges a text: `(start, dateStart,
 * dateEnd, end, bits)`, all addresses, gives the index of the failregex that matched, NO_MATCH, LEFT or MISSING. The expressions see a line
 * without its date and with a newline behind it, and behind `<F-CONTENT>`: for the time of the judgement the memory is made to look
 * like that.
 */
export function judgeModule(filter: JudgedFilter, places: JudgePlaces): Uint8Array<ArrayBuffer> {
  return new JudgeWriter(filter, places).module();
}

class JudgeWriter {
  readonly #filter: JudgedFilter;
  readonly #places: JudgePlaces;
  readonly #module = new ModuleWriter();

  constructor(filter: JudgedFilter, places: JudgePlaces) {
    this.#filter = filter;
    this.#places = places;
  }

  module(): Uint8Array<ArrayBuffer> {
    const module = this.#module;
    const { covered } = this.#places;
    const before = minus(get(DATE_START), get(START));
    const judged = label('judged');
    const hasBefore = greater(get(DATE_START), get(START));
    const code: Code = [
      // What stands before the date is moved up to what stands behind it.
      set(FROM, minus(get(DATE_END), before)),
      when(hasBefore, [copyMemory(i32(covered), get(FROM), before), copyMemory(get(FROM), get(START), before)]),
      set(BEHIND, loadByte(get(END))),
      storeByte(get(END), i32(newline)),
      set(RESULT, i32(NO_MATCH)),
      block(judged, this.#judged(judged)),
      storeByte(get(END), get(BEHIND)),
      when(hasBefore, copyMemory(minus(get(DATE_END), before), i32(covered), before)),
      get(RESULT),
    ];
    const index = module.reserve();
    module.write(index, { parameters, locals, code });
    module.export('judge', index);
    return module.bytes();
  }

  #end(judged: Label, result: number): Code {
    return [set(RESULT, i32(result)), go(judged)];
  }

  /** Searches from FROM to LIMIT, and goes to the end if it cannot say. */
  #ask(judged: Label, { place }: SearchPlace): Code {
    return [
      set(FOUND_HERE, this.#module.callPlace(place, [get(FROM), plus(get(LIMIT), i32(1))])),
      when(less(get(FOUND_HERE), i32(NOT_FOUND)), [
        when(equal(get(FOUND_HERE), i32(GAVE_UP)), this.#end(judged, LEFT)),
        this.#end(judged, MISSING - place),
      ]),
    ];
  }

  #judged(judged: Label): Code {
    const { ignoresEarly, prefregex, content } = this.#filter;
    const code: Code[] = [set(LIMIT, get(END))];
    if (ignoresEarly) code.push(this.#ignored(judged));
    if (prefregex === undefined) return [...code, this.#failregex(judged)];
    code.push(this.#ask(judged, prefregex), goIf(judged, less(get(FOUND_HERE), i32(FOUND))));
    if (content < 0) return [...code, this.#failregex(judged)];
    const start = loadWord(i32(0), prefregex.slots + 8 * content);
    const end = loadWord(i32(0), prefregex.slots + 8 * content + 4);
    // An empty content leaves the failregex the whole line.
    const narrowed: Code = [when(greater(end, get(END)), this.#end(judged, LEFT)), set(FROM, start), set(LIMIT, end)];
    const inner = label('content');
    code.push(
      when(both(greaterOrEqual(start, i32(0)), greater(end, start)), narrowed),
      set(BEHIND_CONTENT, loadByte(get(LIMIT))),
      storeByte(get(LIMIT), i32(newline)),
      block(inner, this.#failregex(inner)),
      storeByte(get(LIMIT), get(BEHIND_CONTENT)),
    );
    return code;
  }

  /** Ends the judgement where an ignoreregex matches. */
  #ignored(judged: Label): Code {
    return this.#filter.ignoreregex.map((one) => [
      this.#ask(judged, one),
      when(equal(get(FOUND_HERE), i32(FOUND)), this.#end(judged, NO_MATCH)),
    ]);
  }

  #failregex(judged: Label): Code {
    return this.#filter.failregex.map(({ search, needed, groups }, index) => {
      const next = label('next');
      const resolved = groups?.map((source, place) => this.#resolved(judged, search, source, place));
      return block(
        next,
        needed === undefined ? [] : goIf(next, notMet(needed)),
        this.#ask(judged, search),
        goIf(next, less(get(FOUND_HERE), i32(FOUND))),
        resolved ?? this.#end(judged, LEFT),
        this.#ignored(judged),
        this.#end(judged, index),
      );
    });
  }

  /** Notes where one group of a match stands in the line: the choice of `addGroups`, made among places. */
  #resolved(judged: Label, search: SearchPlace, { before, own, alternatives }: GroupSource, place: number): Code {
    const { prefregex } = this.#filter;
    const tookPart = ({ slots }: SearchPlace, group: number) =>
      greaterOrEqual(loadWord(i32(0), slots + 8 * group + 4), i32(0));
    const take = ({ slots }: SearchPlace, group: number): Code => [
      set(SPAN_START, loadWord(i32(0), slots + 8 * group)),
      set(SPAN_END, loadWord(i32(0), slots + 8 * group + 4)),
    ];
    const date = minus(get(DATE_END), get(DATE_START));
    const isMissing = less(get(SPAN_START), i32(0));
    return [
      set(SPAN_START, i32(-1)),
      set(SPAN_END, i32(-1)),
      set(SPAN_LIMIT, get(LIMIT)),
      own < 0 ? [] : when(tookPart(search, own), take(search, own)),
      alternatives.map((group) =>
        when(
          // None so far, or an empty one; and the alternative holds something.
          both(
            equal(get(SPAN_START), get(SPAN_END)),
            greater(loadWord(i32(0), search.slots + 8 * group + 4), loadWord(i32(0), search.slots + 8 * group)),
          ),
          take(search, group),
        ),
      ),
      before < 0 || prefregex === undefined
        ? []
        : when(both(isMissing, tookPart(prefregex, before)), [take(prefregex, before), set(SPAN_LIMIT, get(END))]),
      // The newline behind is not the line's.
      when(greater(get(SPAN_END), get(SPAN_LIMIT)), this.#end(judged, LEFT)),
      // What stands before the date is back in its place afterwards.
      when(both(greaterOrEqual(get(SPAN_START), i32(0)), less(get(SPAN_START), get(DATE_END))), [
        when(greater(get(SPAN_END), get(DATE_END)), this.#end(judged, LEFT)),
        set(SPAN_START, minus(get(SPAN_START), date)),
        set(SPAN_END, minus(get(SPAN_END), date)),
      ]),
      storeWord(i32(0), get(SPAN_START), this.#places.spans + 8 * place),
      storeWord(i32(0), get(SPAN_END), this.#places.spans + 8 * place + 4),
    ];
  }
}

/** Whether a line has none of the bits: words of them, from the address in BITS. */
function notMet(needed: Bits): Code {
  const tests: Code[] = [];
  for (let i = 0; i < needed.length; i += 2) tests.push(both(loadWord(get(BITS), 4 * needed[i]!), i32(needed[i + 1]!)));
  return tests.length === 0 ? i32(1) : equal(tests.reduce(either), i32(0));
}
