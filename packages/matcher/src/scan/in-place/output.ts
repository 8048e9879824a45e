import type { Bytes } from '@f2b/config';
import type { MatchWriter } from '../result.js';
import { MATCHES } from './layout.js';
import type { Workshop } from './workshop.js';

const numbersBytes: Bytes = 512 * 1024;
const textBytes: Bytes = 256 * 1024;
const rowBytes: Bytes = 1024 * 1024;
const mostMatches = 8192;

/** Where the compiled part of the scan writes matches; from time to time they are taken over into the result. */
export class MatchOutput {
  readonly #workshop: Workshop;
  readonly #matches: number;
  readonly #numbers: number;
  readonly #text: number;
  readonly #rows: number;
  readonly #starts: number;
  readonly #rowEnds: number;
  readonly #sessions: number;
  readonly #times: number;

  /** @param matches address of the fields of `MATCHES` */
  constructor(workshop: Workshop, matches: number) {
    this.#workshop = workshop;
    this.#matches = matches;
    this.#numbers = workshop.allocate(numbersBytes);
    this.#text = workshop.allocate(textBytes);
    this.#rows = workshop.allocate(rowBytes);
    this.#starts = workshop.allocate(4 * mostMatches);
    this.#rowEnds = workshop.allocate(4 * mostMatches);
    this.#sessions = workshop.allocate(4 * mostMatches);
    this.#times = workshop.allocate(16 * mostMatches);
    this.#set('numbersStart', this.#numbers);
    this.#set('numbersEnd', this.#numbers + numbersBytes);
    this.#set('textStart', this.#text);
    this.#set('textEnd', this.#text + textBytes);
    this.#set('rowTextStart', this.#rows);
    this.#set('rowTextEnd', this.#rows + rowBytes);
    this.#set('startsEnd', this.#starts + 4 * mostMatches);
  }

  #set(field: keyof typeof MATCHES, value: number): void {
    this.#workshop.setWord(this.#matches + MATCHES[field], value);
  }

  #get(field: keyof typeof MATCHES): number {
    return this.#workshop.word(this.#matches + MATCHES[field]);
  }

  /** Makes room; what is written from now on goes behind what `writer` has. */
  continue(writer: MatchWriter): void {
    this.#set('numbers', this.#numbers);
    this.#set('text', this.#text);
    this.#set('rowText', this.#rows);
    this.#set('starts', this.#starts);
    this.#set('rowEnds', this.#rowEnds);
    this.#set('sessions', this.#sessions);
    this.#set('times', this.#times);
    this.#set('lastDateLength', 0);
    this.#set('numbersBefore', writer.numberCount);
    this.#set('textBefore', writer.textLength);
    this.#set('rowTextBefore', writer.rowLength);
  }

  /** Takes what was written over into `writer`. */
  take(writer: MatchWriter): void {
    const count = (this.#get('starts') - this.#starts) >> 2;
    if (count === 0) return;
    const { words, bytes, doubles } = this.#workshop;
    const wordsAt = (from: number, length: number) => words.subarray(from >> 2, (from >> 2) + length);
    writer.append({
      starts: wordsAt(this.#starts, count),
      numbers: words.subarray(this.#numbers >> 2, this.#get('numbers') >> 2),
      times: doubles.subarray(this.#times >> 3, (this.#times >> 3) + 2 * count),
      text: bytes.toString('latin1', this.#text, this.#get('text')),
      rows: bytes.subarray(this.#rows, this.#get('rowText')),
      rowEnds: wordsAt(this.#rowEnds, count),
      sessions: wordsAt(this.#sessions, count),
    });
    this.continue(writer);
  }
}
