import { gaveUp, notFound } from '../../engines/wasm/frame.js';
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
import { wasFound } from '../../engines/wasm/search.js';
import type { Bits } from '../../literals/bits.js';
import { leftToHost, noMatch, searchMissing, surveyIgnoredBy, surveyPrefixed } from '../../memory-layout.js';
import type { GroupSource } from './group-sources.js';

/** What may stand in front of a date. */
export const mostBefore = 64;

/** The search for one expression. */
export interface SearchPlace {
  /** Its place in the table of functions: `(from, end)` gives FOUND, NOT_FOUND, GAVE_UP or MISSING. */
  readonly place: number;
  /** Address of the offsets that it leaves, as addresses: `[start0, end0, start1, …]`, -1 for a group that took no part. */
  readonly slots: number;
}

/** The searches of a filter, and what decides which of them are asked. */
export interface FilterSearches {
  readonly ignoresEarly: boolean;
  readonly prefregex: SearchPlace | undefined;
  /** Group of prefregex that holds what the failregex see; -1: they see the line. */
  readonly content: number;
  readonly failregex: readonly {
    readonly search: SearchPlace;
    /** The line must have one of these bits. */
    readonly needed: Bits | undefined;
    /** Where its groups come from; undefined: its matches have to be matched as text. */
    readonly groups: readonly GroupSource[] | undefined;
  }[];
  readonly ignoreregex: readonly SearchPlace[];
  /** Address of the fields `survey…`, for a function that tells them what it came by; undefined: nobody wants to know. */
  readonly survey: number | undefined;
}

/** Where matching works. */
export interface MatchPlaces {
  /** Address of `mostBefore` bytes. */
  readonly covered: number;
  /** Address of two words for each group of a match: begin and end as addresses, -1 for a group that took no part. */
  readonly spans: number;
}

const newline = 0x0a;

const $start = 0;
const $dateStart = 1;
const $dateEnd = 2;
const $end = 3;
const $bits = 4;
const $first = 5;
const $from = 6;
const $limit = 7;
const $behind = 8;
const $behindContent = 9;
const $found = 10;
const $result = 11;
const $spanStart = 12;
const $spanEnd = 13;
const $spanLimit = 14;
const parameters = 6;
const locals = 9;

/**
 * Writes the module with the function `match`, which matches a line where it stands, as `matchLine` matches a text: `(start, dateStart,
 * dateEnd, end, bits, first)`, all but the last addresses, gives the index of the failregex that matched, NO_MATCH, LEFT or MISSING. In a
 * survey `first` is 0, or one more than the failregex that the same line was found to match just before: the search for others goes on
 * from there. The expressions see a line
 * without its date and with a newline behind it, and behind `<F-CONTENT>`: for the time of the match the memory is made to look
 * like that.
 */
export function matchModule(filter: FilterSearches, places: MatchPlaces): Uint8Array<ArrayBuffer> {
  return new MatchCodeWriter(filter, places).module();
}

class MatchCodeWriter {
  readonly #filter: FilterSearches;
  readonly #places: MatchPlaces;
  readonly #module = new ModuleWriter();

  constructor(filter: FilterSearches, places: MatchPlaces) {
    this.#filter = filter;
    this.#places = places;
  }

  module(): Uint8Array<ArrayBuffer> {
    const module = this.#module;
    const { covered } = this.#places;
    const before = minus(get($dateStart), get($start));
    const ended = label('matched');
    const hasBefore = greater(get($dateStart), get($start));
    const code: Code = [
      // What stands before the date is moved up to what stands behind it.
      set($from, minus(get($dateEnd), before)),
      when(hasBefore, [copyMemory(i32(covered), get($from), before), copyMemory(get($from), get($start), before)]),
      set($behind, loadByte(get($end))),
      storeByte(get($end), i32(newline)),
      set($result, i32(noMatch)),
      block(ended, this.#body(ended)),
      storeByte(get($end), get($behind)),
      when(hasBefore, copyMemory(minus(get($dateEnd), before), i32(covered), before)),
      get($result),
    ];
    const index = module.reserve();
    module.write(index, { parameters, locals, code });
    module.export('match', index);
    return module.bytes();
  }

  #end(ended: Label, result: number): Code {
    return [set($result, i32(result)), go(ended)];
  }

  /** Searches from FROM to LIMIT, and goes to the end if it cannot say. */
  #ask(ended: Label, { place }: SearchPlace): Code {
    return [
      set($found, this.#module.callPlace(place, [get($from), plus(get($limit), i32(1))])),
      when(less(get($found), i32(notFound)), [
        when(equal(get($found), i32(gaveUp)), this.#end(ended, leftToHost)),
        this.#end(ended, searchMissing - place),
      ]),
    ];
  }

  #body(ended: Label): Code {
    const { ignoresEarly, prefregex, content, survey } = this.#filter;
    const code: Code[] = [set($limit, get($end))];
    if (ignoresEarly) code.push(this.#atFirst(this.#ignored(ended)));
    if (prefregex === undefined) return [...code, this.#failregex(ended)];
    code.push(
      this.#atFirst([
        this.#ask(ended, prefregex),
        goIf(ended, less(get($found), i32(wasFound))),
        survey === undefined ? [] : storeWord(i32(0), i32(1), survey + surveyPrefixed),
      ]),
    );
    if (content < 0) return [...code, this.#failregex(ended)];
    const start = loadWord(i32(0), prefregex.slots + 8 * content);
    const end = loadWord(i32(0), prefregex.slots + 8 * content + 4);
    // An empty content leaves the failregex the whole line.
    const narrowed: Code = [
      when(greater(end, get($end)), this.#end(ended, leftToHost)),
      set($from, start),
      set($limit, end),
    ];
    const inner = label('content');
    code.push(
      when(both(greaterOrEqual(start, i32(0)), greater(end, start)), narrowed),
      set($behindContent, loadByte(get($limit))),
      storeByte(get($limit), i32(newline)),
      block(inner, this.#failregex(inner)),
      storeByte(get($limit), get($behindContent)),
    );
    return code;
  }

  /** Not again where a survey goes on with a line: what was found then still stands in its slots. */
  #atFirst(code: Code): Code {
    return this.#filter.survey === undefined ? code : when(equal(get($first), i32(0)), code);
  }

  /** Ends it where an ignoreregex matches. */
  #ignored(ended: Label): Code {
    const { ignoreregex, survey } = this.#filter;
    return ignoreregex.map((one, index) => [
      this.#ask(ended, one),
      when(equal(get($found), i32(wasFound)), [
        survey === undefined ? [] : storeWord(i32(0), i32(index), survey + surveyIgnoredBy),
        this.#end(ended, noMatch),
      ]),
    ]);
  }

  #failregex(ended: Label): Code {
    return this.#filter.failregex.map(({ search, needed, groups }, index) => {
      const next = label('next');
      const resolved = groups?.map((source, place) => this.#resolved(ended, search, source, place));
      return block(
        next,
        this.#filter.survey === undefined ? [] : goIf(next, greater(get($first), i32(index))),
        needed === undefined ? [] : goIf(next, notMet(needed)),
        this.#ask(ended, search),
        goIf(next, less(get($found), i32(wasFound))),
        resolved ?? this.#end(ended, leftToHost),
        this.#atFirst(this.#ignored(ended)),
        this.#end(ended, index),
      );
    });
  }

  /** Notes where one group of a match stands in the line: the choice of `addGroups`, made among places. */
  #resolved(ended: Label, search: SearchPlace, { before, own, alternatives }: GroupSource, place: number): Code {
    const { prefregex } = this.#filter;
    const tookPart = ({ slots }: SearchPlace, group: number) =>
      greaterOrEqual(loadWord(i32(0), slots + 8 * group + 4), i32(0));
    const take = ({ slots }: SearchPlace, group: number): Code => [
      set($spanStart, loadWord(i32(0), slots + 8 * group)),
      set($spanEnd, loadWord(i32(0), slots + 8 * group + 4)),
    ];
    const date = minus(get($dateEnd), get($dateStart));
    const isMissing = less(get($spanStart), i32(0));
    return [
      set($spanStart, i32(-1)),
      set($spanEnd, i32(-1)),
      set($spanLimit, get($limit)),
      own < 0 ? [] : when(tookPart(search, own), take(search, own)),
      alternatives.map((group) =>
        when(
          // None so far, or an empty one; and the alternative holds something.
          both(
            equal(get($spanStart), get($spanEnd)),
            greater(loadWord(i32(0), search.slots + 8 * group + 4), loadWord(i32(0), search.slots + 8 * group)),
          ),
          take(search, group),
        ),
      ),
      before < 0 || prefregex === undefined
        ? []
        : when(both(isMissing, tookPart(prefregex, before)), [take(prefregex, before), set($spanLimit, get($end))]),
      // The newline behind is not the line's.
      when(greater(get($spanEnd), get($spanLimit)), this.#end(ended, leftToHost)),
      // What stands before the date is back in its place afterwards.
      when(both(greaterOrEqual(get($spanStart), i32(0)), less(get($spanStart), get($dateEnd))), [
        when(greater(get($spanEnd), get($dateEnd)), this.#end(ended, leftToHost)),
        set($spanStart, minus(get($spanStart), date)),
        set($spanEnd, minus(get($spanEnd), date)),
      ]),
      storeWord(i32(0), get($spanStart), this.#places.spans + 8 * place),
      storeWord(i32(0), get($spanEnd), this.#places.spans + 8 * place + 4),
    ];
  }
}

/** Whether a line has none of the bits: words of them, from the address in BITS. */
function notMet(needed: Bits): Code {
  const tests: Code[] = [];
  for (let i = 0; i < needed.length; i += 2)
    tests.push(both(loadWord(get($bits), 4 * needed[i]!), i32(needed[i + 1]!)));
  return tests.length === 0 ? i32(1) : equal(tests.reduce(either), i32(0));
}
