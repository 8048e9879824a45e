import type { Bytes } from '@f2b/config';
import {
  matches,
  matchesLastDateLength,
  matchesNumbers,
  matchesNumbersBefore,
  matchesNumbersEnd,
  matchesNumbersStart,
  matchesRowEnds,
  matchesRowText,
  matchesRowTextBefore,
  matchesRowTextEnd,
  matchesRowTextStart,
  matchesSessions,
  matchesStarts,
  matchesStartsEnd,
  matchesText,
  matchesTextBefore,
  matchesTextEnd,
  matchesTextStart,
  matchesTimes,
} from '../../memory-layout.js';
import type { MatchWriter } from '../result.js';
import type { Workshop } from './workshop.js';

const numbersBytes: Bytes = 512 * 1024;
const textBytes: Bytes = 256 * 1024;
const rowBytes: Bytes = 1024 * 1024;
const mostMatches = 8192;

/** Where the compiled part of the scan writes matches; from time to time they are taken over into the result. */
export class MatchOutput {
  readonly #workshop: Workshop;
  readonly #numbers: number;
  readonly #text: number;
  readonly #rows: number;
  readonly #starts: number;
  readonly #rowEnds: number;
  readonly #sessions: number;
  readonly #times: number;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.#numbers = workshop.allocate(numbersBytes);
    this.#text = workshop.allocate(textBytes);
    this.#rows = workshop.allocate(rowBytes);
    this.#starts = workshop.allocate(4 * mostMatches);
    this.#rowEnds = workshop.allocate(4 * mostMatches);
    this.#sessions = workshop.allocate(4 * mostMatches);
    this.#times = workshop.allocate(16 * mostMatches);
    this.#set(matchesNumbersStart, this.#numbers);
    this.#set(matchesNumbersEnd, this.#numbers + numbersBytes);
    this.#set(matchesTextStart, this.#text);
    this.#set(matchesTextEnd, this.#text + textBytes);
    this.#set(matchesRowTextStart, this.#rows);
    this.#set(matchesRowTextEnd, this.#rows + rowBytes);
    this.#set(matchesStartsEnd, this.#starts + 4 * mostMatches);
  }

  #set(field: number, value: number): void {
    this.#workshop.setWord(matches + field, value);
  }

  #get(field: number): number {
    return this.#workshop.word(matches + field);
  }

  /** Makes room; what is written from now on goes behind what `writer` has. */
  continue(writer: MatchWriter): void {
    this.#set(matchesNumbers, this.#numbers);
    this.#set(matchesText, this.#text);
    this.#set(matchesRowText, this.#rows);
    this.#set(matchesStarts, this.#starts);
    this.#set(matchesRowEnds, this.#rowEnds);
    this.#set(matchesSessions, this.#sessions);
    this.#set(matchesTimes, this.#times);
    this.#set(matchesLastDateLength, 0);
    this.#set(matchesNumbersBefore, writer.numberCount);
    this.#set(matchesTextBefore, writer.textLength);
    this.#set(matchesRowTextBefore, writer.rowLength);
  }

  /** Takes what was written over into `writer`. */
  take(writer: MatchWriter): void {
    const count = (this.#get(matchesStarts) - this.#starts) >> 2;
    if (count === 0) return;
    const { words, bytes, doubles } = this.#workshop;
    const wordsAt = (from: number, length: number) => words.subarray(from >> 2, (from >> 2) + length);
    writer.append({
      starts: wordsAt(this.#starts, count),
      numbers: words.subarray(this.#numbers >> 2, this.#get(matchesNumbers) >> 2),
      times: doubles.subarray(this.#times >> 3, (this.#times >> 3) + 2 * count),
      text: bytes.toString('latin1', this.#text, this.#get(matchesText)),
      rows: bytes.subarray(this.#rows, this.#get(matchesRowText)),
      rowEnds: wordsAt(this.#rowEnds, count),
      sessions: wordsAt(this.#sessions, count),
    });
    this.continue(writer);
  }
}
