import type { Bytes } from '@f2b/config';
import {
  listCount,
  listEnds,
  listLines,
  listLinesEnd,
  listText,
  listTextBefore,
  listTextEnd,
  listTextStart,
  listWanted,
  matches,
  matchesSurvey,
  surveyAll,
  surveyBytes,
  surveyIgnored,
  surveyIgnoreregex,
  surveyLines,
  surveyMissed,
  surveyPrefregex,
  surveySkipsComments,
} from '../../memory-layout.js';
import type { LineCollector, StatisticsCounter } from '../statistics.js';
import type { Workshop } from './workshop.js';

const listTextBytes: Bytes = 512 * 1024;
const mostListed = 8192;

/** What is counted in a survey, and lines that are listed, as the compiled part of the scan writes them. */
export class Survey {
  /** Of the fields that a filter's function writes to. */
  readonly address: number;
  readonly #workshop: Workshop;
  readonly #ignoreregex: number;
  readonly #missed: PlacedList;
  readonly #ignored: PlacedList;

  /** @throws NoRoom */
  constructor(workshop: Workshop, ignoreregexCount: number) {
    this.#workshop = workshop;
    this.address = workshop.allocate(surveyBytes);
    this.#ignoreregex = workshop.allocate(4 * ignoreregexCount);
    this.#missed = new PlacedList(workshop, this.address + surveyMissed);
    this.#ignored = new PlacedList(workshop, this.address + surveyIgnored);
    workshop.setWord(this.address + surveyIgnoreregex, this.#ignoreregex);
    workshop.setWord(matches + matchesSurvey, this.address);
  }

  begin(options: { readonly all: boolean; readonly skipComments: boolean }, counter: StatisticsCounter): void {
    const set = (field: number, value: number) => this.#workshop.setWord(this.address + field, value);
    set(surveyAll, options.all ? 1 : 0);
    set(surveySkipsComments, options.skipComments ? 1 : 0);
    set(surveyLines, 0);
    set(surveyPrefregex, 0);
    for (const index of counter.ignoreregex.keys()) this.#workshop.setWord(this.#ignoreregex + 4 * index, 0);
    this.continue(counter);
  }

  /** Makes room in the lists: what is kept from now on goes behind what `counter` has. */
  continue(counter: StatisticsCounter): void {
    this.#missed.continue(counter.missed);
    this.#ignored.continue(counter.ignored);
  }

  /** Takes what was counted over into `counter`. */
  take(counter: StatisticsCounter): void {
    counter.lines += this.#taken(this.address + surveyLines);
    counter.prefregex += this.#taken(this.address + surveyPrefregex);
    for (const index of counter.ignoreregex.keys()) {
      counter.ignoreregex[index]! += this.#taken(this.#ignoreregex + 4 * index);
    }
    this.#missed.take(counter.missed);
    this.#ignored.take(counter.ignored);
  }

  #taken(address: number): number {
    const value = this.#workshop.word(address);
    this.#workshop.setWord(address, 0);
    return value;
  }
}

class PlacedList {
  readonly #workshop: Workshop;
  readonly #fields: number;
  readonly #lines: number;
  readonly #ends: number;
  readonly #text: number;

  constructor(workshop: Workshop, fields: number) {
    this.#workshop = workshop;
    this.#fields = fields;
    this.#lines = workshop.allocate(4 * mostListed);
    this.#ends = workshop.allocate(4 * mostListed);
    this.#text = workshop.allocate(listTextBytes);
    this.#set(listLinesEnd, this.#lines + 4 * mostListed);
    this.#set(listTextStart, this.#text);
    this.#set(listTextEnd, this.#text + listTextBytes);
  }

  #set(field: number, value: number): void {
    this.#workshop.setWord(this.#fields + field, value);
  }

  #get(field: number): number {
    return this.#workshop.word(this.#fields + field);
  }

  continue(list: LineCollector): void {
    this.#set(listCount, 0);
    this.#set(listWanted, Math.min(list.wanted, 0x7fffffff));
    this.#set(listLines, this.#lines);
    this.#set(listEnds, this.#ends);
    this.#set(listText, this.#text);
    this.#set(listTextBefore, list.length);
  }

  take(list: LineCollector): void {
    const count = this.#get(listCount);
    if (count === 0) return;
    const kept = (this.#get(listLines) - this.#lines) >> 2;
    const { words, bytes } = this.#workshop;
    const wordsAt = (from: number) => words.subarray(from >> 2, (from >> 2) + kept);
    const text = bytes.subarray(this.#text, this.#get(listText));
    list.append(count, wordsAt(this.#lines), wordsAt(this.#ends), text);
    this.continue(list);
  }
}
