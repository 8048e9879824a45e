import type { Bytes, EpochMs } from '@f2b/config';
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
  leftToHost,
  matches,
  matchesBlock,
  matchesBytesBefore,
  matchesFilterCount,
  matchesFilters,
  matchesFull,
  matchesId,
  matchesIdLength,
  matchesLinesBefore,
  matchesRowsWanted,
  matchesSpans,
  matchesStoppedAt,
  matchesTimeText,
  matchesTimeTextLength,
  matchesUsers,
  matchesUsersClose,
  matchesUsersCloseLength,
  matchesUsersLength,
  mostGroups,
  ordinaryBytes,
  searchMissing,
  spanBytes,
  written,
} from '../../memory-layout.js';
import type { FilterNeeds } from '../needs.js';
import type { MatchWriter } from '../result.js';
import { plainText } from '../row-text.js';
import { placeForms } from './forms.js';
import { type GroupSource, groupSources } from './group-sources.js';
import { KnownDates } from './known-dates.js';
import { type FilterSearches, mostBefore } from './match-code.js';
import { MatchOutput } from './output.js';
import { Searches } from './searches.js';
import { NoRoom, Workshop } from './workshop.js';

const mostIdBytes: Bytes = 256;
const mostTimeBytes: Bytes = 32;

/** A line that the host matches; places are addresses. */
export interface MachineLine {
  readonly start: number;
  readonly end: number;
  /** Number of the line in its block. */
  readonly line: number;
  readonly dateStart: number;
  readonly dateEnd: number;
  readonly time: EpochMs;
  /** Of the time in a row. */
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
    this.#spans = workshop.allocate((spanBytes + 4) * mostGroups);
    this.#searches = new Searches(workshop, this.#spans);
    this.#output = new MatchOutput(workshop);
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
    const users = ", 'users': {'";
    this.#set(matchesUsers, workshop.place(Buffer.from(users)));
    this.#set(matchesUsersLength, users.length);
    const close = "'}";
    this.#set(matchesUsersClose, workshop.place(Buffer.from(close)));
    this.#set(matchesUsersCloseLength, close.length);
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

  /** Begins a run of the scan: nothing is known of earlier ones. */
  begin(rows: boolean, writer: MatchWriter): void {
    this.#set(matchesRowsWanted, rows ? 1 : 0);
    for (const dates of this.dates) dates.forget();
    this.#output.continue(writer);
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
  }

  /** What `take` leads to was followed by something else. */
  continue(writer: MatchWriter): void {
    this.#output.continue(writer);
  }

  /**
   * Matches one line for one filter, and writes down what matches.
   * @returns false: it has to be matched as text
   */
  matchLine(filter: number, line: MachineLine): boolean {
    const { start, end, dateStart, dateEnd, bits } = line;
    if (end - start > ordinaryBytes || dateStart - start > mostBefore) return false;
    if (this.#state[filter] === 'new') this.#state[filter] = this.#make(filter);
    if (this.#state[filter] === 'text') return false;
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
    const write = (rowless: boolean) =>
      this.#scanner.writeMatch(filter, regex, start, end, number, dateStart, dateEnd, time, rowless);
    const text = line.timeText();
    const { bytes } = this.#workshop;
    this.#set(matchesTimeTextLength, bytes.write(text, this.#timeText, mostTimeBytes, 'latin1'));
    let answer = write(false);
    if (answer === asksForId) {
      const id = this.#idOf(filter, regex);
      this.#set(matchesIdLength, id === undefined ? 0 : bytes.write(id, this.#id, mostIdBytes, 'latin1'));
      answer = write(id === undefined);
      this.#set(matchesIdLength, 0);
    }
    this.#set(matchesTimeTextLength, 0);
    return answer === written;
  }

  /** The identifier of the match that is being written, if a row can show it as it is. */
  #idOf(filter: number, regex: number): string | undefined {
    const { identifier } = chooseIdentifier(this.#found(filter, regex), this.#filters[filter]!.usedns);
    if (identifier.kind !== 'address' && !(identifier.kind === 'text' && identifier.valid)) return undefined;
    const { text } = identifier;
    return text.length <= mostIdBytes && text !== '' && plainText.test(text) ? text : undefined;
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
      this.#workshop.setWord(entry + filterForms, placeForms(compiled, groups, this.#numberOf, this.#workshop));
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
    };
  }
}
