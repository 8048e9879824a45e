/**
 * Date detection: which of a datepattern's templates a line carries, where, and what instant it means.
 *
 * A `DateDetector` never changes once it is made and can be shared; what changes from line to line, the order of trying, is a
 * `DateRanking` with an owner of its own. No clock is read: the present comes in with the ranking and the context.
 */
import type { Bytes, EpochMs } from '@f2b/config';
import { type DateContext, epochText, fieldsToEpoch, tai64nText } from './conversion.js';
import { DateFields, type FieldPlan, planFields } from './date-fields.js';
import { invalidRegex } from './errors.js';
import { isForLook } from './first-look.js';
import { never, type QuickFormat, quickFormat, quickLength, unsure, wasRead } from './quick-formats.js';
import { DateRanking } from './ranking.js';
import { PossibleStarts, untied } from './starts.js';
import { lineBeginFlag, lineEnd } from './template-regex.js';
import { compileSearch, type TemplateSearch } from './template-search.js';
import { readTemplates, type Template } from './templates.js';

export type { DateContext } from './conversion.js';
export { DateError, type DateErrorCode } from './errors.js';
export { type LocalTime, localTime, namedLocalTime, processLocalTime, type WallMs } from './local-time.js';
export { DateRanking } from './ranking.js';
export type { Template } from './templates.js';
export { type FixedZone, parseZone } from './zones.js';

/** A date found in a line. Offsets are UTF-16 code units. */
export interface FoundDate {
  /** Index of the template in `DateDetector.templates`. */
  readonly template: number;
  /** Begin and end of the part that is cut out of the line; the same when the template matched without a date (`{NONE}`). */
  readonly start: number;
  readonly end: number;
  /** Begin and end of the whole match; boundaries and own text may reach beyond what is cut out. */
  readonly matchStart: number;
  readonly matchEnd: number;
  /** The line, and the offsets `[start0, end0, start1, …]` of the template's groups in it. */
  readonly line: string;
  readonly groups: readonly number[];
}

export interface DatepatternOptions {
  /** The present year, which bounds the years that `%ExY` accepts: to the end of the decade that begins within three years. */
  readonly thisYear: number;
}

/** Where the date of a line stands in the bytes of its block; as `FoundDate`, but offsets count from the block's beginning. */
export interface DateInPlace {
  readonly template: number;
  readonly start: Bytes;
  readonly end: Bytes;
  readonly matchStart: Bytes;
  readonly matchEnd: Bytes;
  /** Where the two digits of the second stand, and what follows them and their fraction. */
  readonly second: Bytes;
  readonly rest: Bytes;
}

/** So many lines are only looked at by templates that matched none: for more it pays to compile them all. */
const mostLooks = 20_000;

/** The templates of one datepattern, ready to search. Immutable. */
interface TemplateStarts {
  readonly possible: PossibleStarts;
  readonly bits: readonly number[];
}

export class DateDetector {
  /** In their first order. */
  readonly templates: readonly Template[];
  readonly #searches: readonly TemplateSearch[];
  /** Made when a template's first date is read. */
  readonly #plans: (FieldPlan | undefined)[];
  readonly #quick: readonly (QuickFormat | undefined)[];
  readonly #fields = new DateFields();
  /** The beginning of the line under `find`, for the quick formats. */
  readonly #head = new Uint8Array(quickLength + 4);
  readonly #quickGroups: number[] = [];
  readonly #inPlace = { template: -1, start: 0, end: 0, matchStart: 0, matchEnd: 0, second: 0, rest: 0 };
  #starts: TemplateStarts | undefined;
  #looks = 0;

  /** Use `compileDatepattern`. */
  constructor(templates: readonly Template[], searches: readonly TemplateSearch[]) {
    this.templates = templates;
    this.#searches = searches;
    this.#plans = searches.map(() => undefined);
    this.#quick = templates.map(quickFormat);
  }

  /** Which engine searches a template, for explanations. */
  engineOf(template: number): string {
    return this.#searches[template]?.engine ?? '';
  }

  #isTied(template: number): boolean {
    return ((this.templates[template] as Template).flags & (lineBeginFlag | lineEnd)) !== 0;
  }

  /** A ranking as it stands before the first line. */
  newRanking(): DateRanking {
    return new DateRanking(this.templates.map((template) => template.weight));
  }

  /**
   * Finds the date of a line and notes the hit in `ranking`.
   *
   * fail2ban's choice: the last winner is tried first, in its old place if the characters around it are the same; then the
   * templates in the order of the ranking, where a match further right than usual is taken only if none stands further left.
   *
   * @param line the line without its end
   * @returns undefined when no template matches
   */
  find(line: string, ranking: DateRanking): FoundDate | undefined {
    const { order } = ranking;
    const count = order.length;
    const headLength = this.#writeHead(line);
    let candidate: FoundDate | undefined;
    let candidatePlace = -1;
    let skip = -1;

    const last = ranking.lastPlace;
    if (last >= 0 && last < count) {
      const template = order[last]!;
      if (this.#readHead(template, headLength) === wasRead) return this.#acceptQuick(template, line, last, ranking);
      const search = this.#searches[template] as TemplateSearch;
      const tied = this.#isTied(template);
      let matched: boolean;
      if (!tied && ranking.sameEdges(line)) matched = search.search(line, ranking.lastStart, ranking.lastEnd);
      else {
        matched = search.search(line, 0, line.length);
        skip = last;
      }
      if (matched) {
        const found = this.#found(template, line, copied(search.offsets));
        const samePlace = found.matchStart === ranking.lastStart && found.matchEnd === ranking.lastEnd;
        if (count === 1 || tied || samePlace) return this.#accept(found, last, ranking);
        candidate = found;
        candidatePlace = last;
      }
    }

    const looks = this.#looksAt(line);
    let starts: TemplateStarts | undefined;
    for (let place = 0; place < count; place++) {
      if (place === skip) continue;
      const template = order[place]!;
      const search = this.#searches[template] as TemplateSearch;
      if (this.#isTied(template)) {
        // The usual forms are read at once, or found to be out of the question, before anything is compiled for them.
        const read = this.#readHead(template, headLength);
        if (read === wasRead) return this.#acceptQuick(template, line, place, ranking);
        if (read === never || (looks && search.refuses(line)) || !search.search(line, 0, line.length)) continue;
      } else if (looks) {
        if (search.refuses(line) || !search.search(line, 0, line.length)) continue;
      } else {
        if (starts === undefined) {
          starts = this.#possibleStarts();
          starts.possible.fill(line);
        }
        const bit = starts.bits[template]!;
        if (!(bit < 0 ? search.search(line, 0, line.length) : starts.possible.search(bit))) continue;
      }
      const start = search.offsets[0]!;
      if (place < count - 1 && !this.#isTied(template)) {
        const next = order[place + 1]!;
        const settled = start === 0 && ranking.hits[template]! > 0 && ranking.hits[next] === 0;
        if (!settled && (start > ranking.distance[template]! || start > ranking.lastStart)) {
          if (candidate === undefined || start < candidate.matchStart) {
            candidate = this.#found(template, line, copied(search.offsets));
            candidatePlace = place;
          }
          continue;
        }
      }
      return this.#accept(this.#found(template, line, copied(search.offsets)), place, ranking);
    }
    return candidate === undefined ? undefined : this.#accept(candidate, candidatePlace, ranking);
  }

  /**
   * Reads the date of an ASCII line where it stands in `bytes`, if it is of the form of the line before, or of one of the forms that `find`
   * tries first, and in its usual spelling, and notes the hit in `ranking`. Everything else is left to `find`.
   *
   * @returns its template and where it stands, valid until the next call; undefined: ask `find`
   */
  findInPlace(bytes: Uint8Array, from: number, to: number, ranking: DateRanking): DateInPlace | undefined {
    const groups = this.#quickGroups;
    let place = Math.max(ranking.lastPlace, 0);
    let read = this.#quick[ranking.order[place]!]?.read(bytes, from, to, groups);
    // Before the first date the forms are tried in their order, as far as it shows at once that they are out of the question.
    while (ranking.lastPlace < 0 && read === never && place + 1 < ranking.order.length) {
      place++;
      read = this.#quick[ranking.order[place]!]?.read(bytes, from, to, groups);
    }
    if (read !== wasRead) return undefined;
    const template = ranking.order[place]!;
    const quick = this.#quick[template] as QuickFormat;
    const inPlace = this.#inPlace;
    inPlace.template = template;
    inPlace.start = from + groups[2]!;
    inPlace.end = from + groups[3]!;
    inPlace.matchStart = from + groups[0]!;
    inPlace.matchEnd = from + groups[1]!;
    inPlace.second = from + groups[quick.second]!;
    const fraction = quick.fraction < 0 ? -1 : groups[quick.fraction + 1]!;
    inPlace.rest = fraction < 0 ? inPlace.second + 2 : from + fraction;
    ranking.wonInPlace(place, bytes, from, to, groups[0]!, groups[1]!);
    return inPlace;
  }

  /** The date that `findInPlace` found in a line, as `find` says it. */
  quickDate(template: number, line: string): FoundDate {
    this.#readHead(template, this.#writeHead(line));
    return this.#found(template, line, [...this.#quickGroups]);
  }

  /** What the quick format of a template says of the line whose head was written; UNSURE where it has none. */
  #readHead(template: number, length: number): number {
    return this.#quick[template]?.read(this.#head, 0, length, this.#quickGroups) ?? unsure;
  }

  /** The beginning of a line, a byte a character. */
  #writeHead(line: string): number {
    const head = this.#head;
    const length = Math.min(line.length, quickLength);
    for (let at = 0; at < length; at++) head[at] = Math.min(line.charCodeAt(at), 255);
    head[length] = 0x0a;
    return length;
  }

  #acceptQuick(template: number, line: string, place: number, ranking: DateRanking): FoundDate {
    return this.#accept(this.#found(template, line, [...this.#quickGroups]), place, ranking);
  }

  /** Whether the templates are to look at a line before they are compiled for it. */
  #looksAt(line: string): boolean {
    return this.#looks++ < mostLooks && isForLook(line);
  }

  /** Made when the first line needs it: it takes all templates compiled. */
  #possibleStarts(): TemplateStarts {
    if (this.#starts === undefined) {
      const scanners = this.#searches.map((search) => search.scanner);
      const members = untied(scanners);
      const bits = scanners.map((_scanner, template) => members.indexOf(template));
      this.#starts = { possible: new PossibleStarts(members.flatMap((template) => scanners[template] ?? [])), bits };
    }
    return this.#starts;
  }

  #planOf(template: number): FieldPlan {
    const plan = this.#plans[template] ?? planFields((this.#searches[template] as TemplateSearch).groupNames);
    this.#plans[template] = plan;
    return plan;
  }

  #accept(found: FoundDate, place: number, ranking: DateRanking): FoundDate {
    ranking.won(place, found.line, found.matchStart, found.matchEnd);
    return found;
  }

  #found(template: number, line: string, groups: readonly number[]): FoundDate {
    const matchStart = groups[0]!;
    // A group of the pattern's own that took no part cuts nothing.
    const cut = groups.length > 2 && groups[2]! >= 0;
    return {
      template,
      start: cut ? groups[2]! : matchStart,
      end: cut ? groups[3]! : matchStart,
      matchStart,
      matchEnd: groups[1]!,
      line,
      groups,
    };
  }

  /**
   * The instant of a found date.
   *
   * @returns undefined when the calendar has no such time (30 February, 24:00, second 60) or its zone is not known
   */
  toEpoch(found: FoundDate, context: DateContext): EpochMs | undefined {
    const template = this.templates[found.template] as Template;
    if (template.value === 'fields') {
      const fields = this.#fields;
      if (!fields.read(found.line, found.groups, this.#planOf(found.template))) return undefined;
      return fieldsToEpoch(fields, context);
    }
    const start = found.groups[template.valueGroup * 2]!;
    if (template.value === 'tai64n') return tai64nText(found.line, start);
    const end = found.groups[template.valueGroup * 2 + 1]!;
    return epochText(found.line, start, end, template.value === 'longepoch');
  }

  /**
   * Whether the time was read in a known zone, the line's or `logtimezone`. fail2ban then holds a whole number, which
   * shows in `<time>`: `1714557600`, against `1714557600.0` for local time and epochs.
   */
  isZoned(found: FoundDate, context: Pick<DateContext, 'zone'>): boolean {
    const template = this.templates[found.template] as Template;
    if (template.value !== 'fields') return template.value === 'tai64n';
    if (context.zone !== undefined) return true;
    const { letters, groups } = this.#planOf(found.template);
    // z and Z
    return groups.some((group, index) => (letters[index]! | 32) === 122 && found.groups[group * 2]! >= 0);
  }
}

function copied(offsets: ArrayLike<number>): number[] {
  const copy: number[] = [];
  for (let index = 0; index < offsets.length; index++) copy.push(offsets[index]!);
  return copy;
}

/**
 * Compiles a datepattern.
 *
 * @param pattern as in the configuration, one pattern a line; undefined: the default templates
 * @throws DateError `F2B_DATE_DIRECTIVE`, `F2B_DATE_REGEX`, `F2B_DATE_DUPLICATE`, naming pattern and column
 */
export function compileDatepattern(pattern: string | undefined, options: DatepatternOptions): DateDetector {
  const templates = readTemplates(pattern, options.thisYear);
  const searches = templates.map((template) => {
    const search = compileSearch(template);
    if (!template.stock && search.groupNames.length < 2)
      throw invalidRegex(template.pattern, template.regex, 'there is no group to cut out');
    return search;
  });
  return new DateDetector(templates, searches);
}
