import type { Bytes } from '@f2b/config';
import type { Groups, GroupValue } from '@f2b/matcher';
import { Cells } from './cells.js';
import { KeptLines } from './kept-lines.js';
import { TextBytes } from './text-bytes.js';
import { many, readValue, writeValue } from './value-bytes.js';

/** What is kept of the lines that somebody was seen in. Hostile text. */
export interface KeptText {
  /** Log lines, oldest first. */
  readonly matches: readonly string[];
  /** Captured groups. */
  readonly data: Groups;
}

/** No record: nothing is kept. */
export const noText = 0;
const nothing: KeptText = { matches: [], data: new Map() };

/** Combinations of groups' names that are written as a number; filters have few. */
const mostShapes = 4096;

/** Lines and groups of one book, as bytes in cells that the books share. */
export class Texts {
  readonly #cells: Cells;
  readonly #record = new TextBytes();
  readonly #lines = new KeptLines();
  readonly #shapes: (readonly string[])[] = [];
  readonly #shapeOf = new Map<string, number>();
  #bytes: Bytes = 0;

  constructor(cells = new Cells()) {
    this.#cells = cells;
  }

  /** What this book's records take. */
  get bytes(): Bytes {
    return this.#bytes;
  }

  /** @returns the record's name; `noText` where there is nothing to keep */
  keep(matches: readonly string[], data: Groups, most = Number.POSITIVE_INFINITY): number {
    if (matches.length === 0 && data.size === 0) return noText;
    this.#lines.clear();
    for (const line of most === 0 ? [] : matches.slice(-most)) this.#lines.add(line);
    return this.#put(data, most);
  }

  /**
   * Adds lines to a record, and exchanges its groups.
   * @param most lines that are kept, the latest
   * @returns the new name; the old one is no longer one
   */
  add(record: number, matches: readonly string[], data: Groups, most: number): number {
    if (record === noText) return this.keep(matches, data, most);
    this.#load(record);
    this.#lines.read(this.#record);
    for (const line of matches) this.#lines.add(line);
    this.drop(record);
    return this.#put(data, most);
  }

  read(record: number): KeptText {
    if (record === noText) return nothing;
    this.#load(record);
    this.#lines.read(this.#record);
    return { data: this.#readGroups(), matches: this.#lines.texts() };
  }

  drop(record: number): void {
    if (record !== noText) this.#bytes -= this.#cells.free(record);
  }

  #load(record: number): void {
    this.#record.begin();
    this.#cells.read(record, this.#record.room);
  }

  #put(data: Groups, most: number): number {
    this.#record.begin();
    this.#lines.write(this.#record, most);
    this.#writeGroups(data);
    this.#bytes += Cells.sizeOf(this.#record.at);
    return this.#cells.put(this.#record.bytes, this.#record.at);
  }

  #writeGroups(data: Groups): void {
    const key = [...data.keys()].join('\u0000');
    let shape = this.#shapeOf.get(key);
    if (shape === undefined && this.#shapes.length < mostShapes) {
      shape = this.#shapes.push([...data.keys()]) - 1;
      this.#shapeOf.set(key, shape);
    }
    this.#record.writeNumber(shape === undefined ? 0 : shape + 1);
    if (shape === undefined) {
      this.#record.writeNumber(data.size);
      for (const name of data.keys()) this.#record.writeText(name);
    }
    for (const value of data.values()) writeValue(this.#record, value);
  }

  #readGroups(): Groups {
    const shape = this.#record.readNumber();
    const names = shape > 0 ? this.#shapes[shape - 1]! : many(this.#record.readNumber(), () => this.#record.readText());
    const data = new Map<string, GroupValue>();
    for (const name of names) data.set(name, readValue(this.#record));
    return data;
  }
}
