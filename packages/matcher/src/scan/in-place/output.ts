import type { Bytes } from '@f2b/config';
import {
  headBytes,
  matches,
  matchesHeads,
  matchesNumbers,
  matchesNumbersBefore,
  matchesNumbersEnd,
  matchesNumbersStart,
  matchesStarts,
  matchesStartsEnd,
  matchesText,
  matchesTextBefore,
  matchesTextEnd,
  matchesTextStart,
  matchesTimes,
  matchesWritten,
  matchesWrittenBefore,
  matchesWrittenEnd,
  matchesWrittenStart,
} from '../../memory-layout.js';
import type { MatchWriter } from '../match-writer.js';
import type { Workshop } from './workshop.js';

const numbersBytes: Bytes = 512 * 1024;
const textBytes: Bytes = 256 * 1024;
const writtenBytes: Bytes = 1024 * 1024;
const mostMatches = 8192;

/** Where the compiled part of the scan writes matches; from time to time they are taken over into the result. */
export class MatchOutput {
  readonly #workshop: Workshop;
  readonly #numbers: number;
  readonly #text: number;
  readonly #written: number;
  readonly #starts: number;
  readonly #heads: number;
  readonly #times: number;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.#numbers = workshop.allocate(numbersBytes);
    this.#text = workshop.allocate(textBytes);
    this.#written = workshop.allocate(writtenBytes);
    this.#starts = workshop.allocate(4 * mostMatches);
    this.#heads = workshop.allocate(headBytes * mostMatches);
    this.#times = workshop.allocate(16 * mostMatches);
    this.#set(matchesNumbersStart, this.#numbers);
    this.#set(matchesNumbersEnd, this.#numbers + numbersBytes);
    this.#set(matchesTextStart, this.#text);
    this.#set(matchesTextEnd, this.#text + textBytes);
    this.#set(matchesWrittenStart, this.#written);
    this.#set(matchesWrittenEnd, this.#written + writtenBytes);
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
    this.#set(matchesWritten, this.#written);
    this.#set(matchesStarts, this.#starts);
    this.#set(matchesHeads, this.#heads);
    this.#set(matchesTimes, this.#times);
    this.#set(matchesNumbersBefore, writer.numberCount);
    this.#set(matchesTextBefore, writer.textLength);
    this.#set(matchesWrittenBefore, writer.writtenLength);
  }

  /** Takes what was written over into `writer`. */
  take(writer: MatchWriter): void {
    const count = (this.#get(matchesStarts) - this.#starts) >> 2;
    if (count === 0) return;
    const { words, bytes, doubles } = this.#workshop;
    const wordsBetween = (from: number, to: number) => words.subarray(from >> 2, to >> 2);
    writer.append({
      starts: wordsBetween(this.#starts, this.#get(matchesStarts)),
      numbers: wordsBetween(this.#numbers, this.#get(matchesNumbers)),
      times: doubles.subarray(this.#times >> 3, (this.#times >> 3) + 2 * count),
      text: bytes.subarray(this.#text, this.#get(matchesText)),
      heads: wordsBetween(this.#heads, this.#get(matchesHeads)),
      written: bytes.subarray(this.#written, this.#get(matchesWritten)),
    });
    this.continue(writer);
  }
}
