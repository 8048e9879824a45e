import type { Bytes, EpochMs } from '@f2b/config';
import type { SinkNeeds } from '../../failures.js';
import type { CompiledFilter } from '../../filter/compile.js';
import type { Groups } from '../../filter/groups.js';
import { chooseIdentifier } from '../../filter/identifier.js';
import type { LiteralScanner } from '../../literals/literal-scanner.js';
import {
  asksForId,
  filterAny,
  filterAnyCount,
  filterBytes,
  filterDates,
  filterForms,
  filterMatcher,
  filterPrefix,
  filterPrefixCount,
  isFull,
  leftToHost,
  matches,
  matchesBlock,
  matchesBytesBefore,
  matchesFilterCount,
  matchesFilters,
  matchesForSink,
  matchesFull,
  matchesId,
  matchesIdLength,
  matchesLinesBefore,
  matchesSpans,
  matchesStoppedAt,
  matchesTimeText,
  matchesTimeTextLength,
  mostGroups,
  ordinaryBytes,
  searchMissing,
  spanBytes,
  surveyed,
  written,
} from '../../memory-layout.js';
import type { MatchWriter } from '../match-writer.js';
import type { FilterNeeds } from '../needs.js';
import type { StatisticsCounter } from '../statistics.js';
import { Forms } from './forms.js';
import { type GroupSource, groupSources } from './group-sources.js';
import { KnownDates } from './known-dates.js';
import { type FilterSearches, mostBefore } from './match-code.js';
import { MatchOutput } from './output.js';
import { Searches } from './searches.js';
import { Survey } from './survey.js';
import { NoRoom, Workshop } from './workshop.js';

const mostIdBytes: Bytes = 256;
const mostTimeBytes: Bytes = 32;

/** An identifier that every notation shows as it is. */
const plainId = /^[\w !#$%&()*+,\-./:;<=>?@[\]^`{|}~]+$/;

/** What a run of the scan is to do beside matching. */
export interface MachineTask {
  readonly sink: SinkNeeds | undefined;
  /** Every line is counted, for the one filter that there is. */
  readonly survey:
    | { readonly all: boolean; readonly skipComments: boolean; readonly counter: StatisticsCounter }
    | undefined;
}

/** A line that the host matches; places are addresses. */
export interface MachineLine {
  readonly start: number;
  readonly end: number;
  /** Number of the line in its block. */
  readonly line: number;
  readonly dateStart: number;
  readonly dateEnd: number;
  readonly time: EpochMs;
  /** Of the time, as fail2ban prints it. */
  timeText(): string;
  /** Where the bits of what was found in it are. */
  readonly bits: number;
}

/**
 * Matches the lines of a block where they stand, without making texts of them, and writes down what matches: the compiled part of the scan,
 * seen from here. Most lines never come here; those that are out of the ordinary do, one by one.
 */
export class LineMachine {
  readonly #scanner: LiteralScanner;
  readonly #workshop: Workshop;
  readonly #searches: Searches;
  readonly #output: MatchOutput;
  readonly #filters: readonly CompiledFilter[];
  readonly #needs: readonly FilterNeeds[];
  readonly #numberOf: (name: string) => number;
  readonly #entries: number;
  readonly #spans: number;
  readonly #id: number;
  readonly #timeText: number;
  /** Dates by slot. */
  readonly dates: readonly KnownDates[];
  /** By filter: what `#make` answered; 'new' before it was asked. */
  readonly #state: ('new' | 'made' | 'text')[];
  readonly #groups: (readonly (readonly GroupSource[] | undefined)[])[] = [];
  readonly #matchers: ((...numbers: number[]) => number)[] = [];
  /** What the forms and functions that were made are for. */
  #madeFor = '';
  #forms: Forms;
  #survey: Survey | undefined;
  /** Where the survey under way counts. */
  #counter: StatisticsCounter | undefined;

  /**
   * @param slotOf by filter: which of `slots` ways of reading dates is its own
   * @param numberOf a group's name in the result
   */
  constructor(
    scanner: LiteralScanner,
    filters: readonly CompiledFilter[],
    needs: readonly FilterNeeds[],
    slots: number,
    slotOf: readonly number[],
    numberOf: (name: string) => number,
  ) {
    this.#scanner = scanner;
    this.#filters = filters;
    this.#needs = needs;
    this.#numberOf = numberOf;
    const workshop = new Workshop(scanner.memory, scanner.table, scanner.reserved);
    this.#workshop = workshop;
    this.#spans = workshop.allocate(spanBytes * mostGroups);
    this.#searches = new Searches(workshop, this.#spans);
    this.#output = new MatchOutput(workshop);
    this.#forms = new Forms(workshop, undefined);
    this.#id = workshop.allocate(mostIdBytes);
    this.#timeText = workshop.allocate(mostTimeBytes);
    this.dates = Array.from({ length: slots }, () => new KnownDates(workshop));
    this.#state = filters.map(() => 'new');
    this.#entries = workshop.allocate(filterBytes * filters.length);
    for (const [index, one] of needs.entries()) this.#placeFilter(index, one, this.dates[slotOf[index]!]!);
    this.#set(matchesFilters, this.#entries);
    this.#set(matchesFilterCount, filters.length);
    this.#set(matchesSpans, this.#spans);
    this.#set(matchesId, this.#id);
    this.#set(matchesTimeText, this.#timeText);
  }

  #placeFilter(index: number, { any, prefregex }: FilterNeeds, dates: KnownDates): void {
    const workshop = this.#workshop;
    const entry = this.#entry(index);
    workshop.setWord(entry + filterAny, workshop.placeWords(any));
    workshop.setWord(entry + filterAnyCount, any.length / 2);
    workshop.setWord(entry + filterPrefix, workshop.placeWords(prefregex ?? []));
    workshop.setWord(entry + filterPrefixCount, (prefregex?.length ?? 0) / 2);
    workshop.setWord(entry + filterDates, dates.address);
    workshop.setWord(entry + filterMatcher, this.#searches.leaving);
  }

  #entry(filter: number): number {
    return this.#entries + filterBytes * filter;
  }

  #set(field: number, value: number): void {
    this.#workshop.setWord(matches + field, value);
  }

  /**
   * Begins a run of the scan: nothing is known of earlier ones.
   * @returns false: there is no room for it
   */
  begin({ sink, survey }: MachineTask, writer: MatchWriter): boolean {
    this.#set(matchesForSink, sink === undefined ? 0 : 1);
    for (const dates of this.dates) dates.forget();
    this.#prepare(sink, survey !== undefined);
    this.#output.continue(writer);
    this.#counter = survey?.counter;
    if (survey === undefined) return true;
    try {
      this.#survey ??= new Survey(this.#workshop, this.#filters[0]!.ignoreregex.length);
    } catch (error) {
      if (error instanceof NoRoom) return false;
      throw error;
    }
    this.#survey.begin(survey, survey.counter);
    return true;
  }

  /** What was made for another sink is made anew. */
  #prepare(sink: SinkNeeds | undefined, surveys: boolean): void {
    const madeFor = sink === undefined && !surveys ? '' : JSON.stringify([surveys, sink?.pieces]);
    if (madeFor === this.#madeFor) return;
    this.#madeFor = madeFor;
    this.#forms = new Forms(this.#workshop, sink);
    for (const filter of this.#filters.keys()) {
      this.#state[filter] = 'new';
      this.#workshop.setWord(this.#entry(filter) + filterMatcher, this.#searches.leaving);
    }
  }

  /** Begins a block: its address, the lines and bytes before it. */
  block(address: number, lines: number, bytes: Bytes): void {
    this.#set(matchesBlock, address);
    this.#set(matchesLinesBefore, lines);
    this.#set(matchesBytesBefore, bytes);
  }

  /**
   * Matches the lines of hits [hit, end), all addresses, the first of them beginning with `filter`.
   * @returns the hit at which the host has to go on, with the filter `stoppedAt`; `end` if it has not
   */
  matchHits(hit: number, end: number, filter: number, writer: MatchWriter): number {
    for (let at = hit, first = filter; ; ) {
      const stopped = this.#scanner.matchHits(at, end, first);
      if (stopped === end || this.#workshop.word(matches + matchesFull) === 0) return stopped;
      this.take(writer);
      at = stopped;
      first = this.stoppedAt;
    }
  }

  get stoppedAt(): number {
    return this.#workshop.word(matches + matchesStoppedAt);
  }

  /** Takes what was written over into the result: before anything else is written there. */
  take(writer: MatchWriter): void {
    this.#output.take(writer);
    if (this.#counter !== undefined) this.#survey?.take(this.#counter);
  }

  /** What `take` leads to was followed by something else. */
  continue(writer: MatchWriter): void {
    this.#output.continue(writer);
    if (this.#counter !== undefined) this.#survey?.continue(this.#counter);
  }

  /**
   * Surveys the lines of hits [hit, end), which are all lines.
   * @returns the hit at which the host has to go on; `end` if it has not
   */
  surveyHits(hit: number, end: number, writer: MatchWriter): number {
    for (let at = hit; ; ) {
      at = this.#scanner.surveyHits(at, end);
      if (at === end || this.#workshop.word(matches + matchesFull) === 0) return at;
      this.take(writer);
    }
  }

  /**
   * Surveys one line.
   * @returns false: it has to be matched as text
   */
  surveyLine(line: MachineLine, writer: MatchWriter): boolean {
    const { start, end, line: number, dateStart, dateEnd, time, bits } = line;
    if (!this.#canMatch(0, line)) return false;
    this.#setTimeText(line.timeText());
    let answer = isFull;
    while (answer !== surveyed && answer !== leftToHost) {
      answer = this.#scanner.surveyLine(start, end, number, bits, dateStart, dateEnd, time);
      if (answer <= searchMissing) this.#searches.provide(searchMissing - answer);
      else if (answer === isFull) this.take(writer);
    }
    this.#setTimeText('');
    return answer === surveyed;
  }

  /** Whether the line is ordinary, and the filter can match where it stands. */
  #canMatch(filter: number, { start, end, dateStart }: MachineLine): boolean {
    if (end - start > ordinaryBytes || dateStart - start > mostBefore) return false;
    if (this.#state[filter] === 'new') this.#state[filter] = this.#make(filter);
    return this.#state[filter] === 'made';
  }

  #setTimeText(text: string): void {
    this.#set(matchesTimeTextLength, this.#workshop.bytes.write(text, this.#timeText, mostTimeBytes, 'latin1'));
  }

  /**
   * Matches one line for one filter, and writes down what matches.
   * @returns false: it has to be matched as text
   */
  matchLine(filter: number, line: MachineLine): boolean {
    const { start, end, dateStart, dateEnd, bits } = line;
    if (!this.#canMatch(filter, line)) return false;
    const match = this.#matchers[filter]!;
    let outcome = match(start, dateStart, dateEnd, end, bits);
    while (outcome <= searchMissing) {
      this.#searches.provide(searchMissing - outcome);
      outcome = match(start, dateStart, dateEnd, end, bits);
    }
    if (outcome === leftToHost) return false;
    return outcome < 0 || this.#write(filter, outcome, line);
  }

  #write(filter: number, regex: number, line: MachineLine): boolean {
    const { start, end, line: number, dateStart, dateEnd, time } = line;
    const write = (idless: boolean) =>
      this.#scanner.writeMatch(filter, regex, start, end, number, dateStart, dateEnd, time, idless);
    this.#setTimeText(line.timeText());
    let answer = write(false);
    if (answer === asksForId) {
      const id = this.#idOf(filter, regex);
      const { bytes } = this.#workshop;
      this.#set(matchesIdLength, id === undefined ? 0 : bytes.write(id, this.#id, mostIdBytes, 'latin1'));
      answer = write(id === undefined);
      this.#set(matchesIdLength, 0);
    }
    this.#setTimeText('');
    return answer === written;
  }

  /** The identifier of the match that is being written, if it can be shown as it is. */
  #idOf(filter: number, regex: number): string | undefined {
    const { identifier, ip } = chooseIdentifier(this.#found(filter, regex), this.#filters[filter]!.usedns);
    if (ip !== undefined) return undefined;
    if (identifier.kind !== 'address' && !(identifier.kind === 'text' && identifier.valid)) return undefined;
    const { text } = identifier;
    return text.length <= mostIdBytes && plainId.test(text) ? text : undefined;
  }

  #found(filter: number, regex: number): Groups {
    const { words, bytes } = this.#workshop;
    const groups = new Map<string, string>();
    for (const [index, { name }] of (this.#groups[filter]?.[regex] ?? []).entries()) {
      const from = words[(this.#spans >> 2) + 2 * index]!;
      if (from >= 0) groups.set(name, bytes.toString('latin1', from, words[(this.#spans >> 2) + 2 * index + 1]!));
    }
    return groups;
  }

  /** Makes what matches for a filter. */
  #make(filter: number): 'made' | 'text' {
    const compiled = this.#filters[filter]!;
    const { prefregex, failregex, ignoreregex } = compiled;
    const all = [...(prefregex ? [prefregex] : []), ...failregex, ...ignoreregex];
    if (!compiled.encoding.asciiBytes || all.some(({ regex }) => regex.tree === undefined)) return 'text';
    try {
      const groups = failregex.map(({ plan }) => {
        const sources = groupSources(prefregex?.plan, plan);
        return sources !== undefined && sources.length <= mostGroups ? sources : undefined;
      });
      this.#groups[filter] = groups;
      const entry = this.#entry(filter);
      this.#workshop.setWord(entry + filterForms, this.#forms.place(groups, this.#numberOf));
      const place = this.#searches.matcher(this.#searchesOf(filter, groups));
      this.#matchers[filter] = this.#workshop.table.get(place)!;
      this.#workshop.setWord(entry + filterMatcher, place);
      return 'made';
    } catch (error) {
      if (error instanceof NoRoom) return 'text';
      throw error;
    }
  }

  #searchesOf(filter: number, groups: readonly (readonly GroupSource[] | undefined)[]): FilterSearches {
    const { ignoresEarly, prefregex, failregex, ignoreregex } = this.#filters[filter]!;
    return {
      ignoresEarly,
      prefregex: prefregex && this.#searches.search(prefregex.regex, 'prefregex'),
      content: prefregex?.plan.named.find(({ name }) => name === 'content')?.index ?? -1,
      failregex: failregex.map(({ regex }, index) => ({
        search: this.#searches.search(regex, 'other'),
        needed: this.#needs[filter]!.failregex[index],
        groups: groups[index],
      })),
      ignoreregex: ignoreregex.map(({ regex }) => this.#searches.search(regex, 'other')),
      survey: this.#counter === undefined ? undefined : this.#survey?.address,
    };
  }
}
