import type { EpochMs } from '@f2b/config';
import { isIpv4 } from '../filter/address.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { LineTuple } from '../filter/dating.js';
import type { Groups } from '../filter/groups.js';
import { chooseIdentifier } from '../filter/identifier.js';
import { plainText, rowNames, timeText } from './row-text.js';

/**
 * The rows (`-o row`) of a block's matches, written where the lines were scanned. Each is what its line comes to if its session
 * (`<F-MLFID>`) begins with it; whoever knows the sessions says whether that is so.
 */
export interface WireRows {
  /** ASCII; each row with its newline. */
  readonly bytes: Uint8Array;
  /** By match: where its row ends; a match whose row is empty has none, and is judged by its groups. */
  readonly ends: Int32Array;
  /** The session keys of all rows, joined. */
  readonly keys: string;
  /** By match: where its key ends in `keys`; empty: it belongs to no session. */
  readonly keyEnds: Int32Array;
}

/** Where a group's value stands in the rows. */
export type PlaceGroup = (name: string, start: number, length: number) => void;

/** What comes before the value of each name in a row. */
interface RowForm {
  readonly names: readonly string[];
  readonly before: readonly Uint8Array[];
  /** Name and value of a group that took no part. */
  readonly missing: readonly Uint8Array[];
  /** A session's last line has its own rules, and a line without session others. */
  readonly forgets: boolean;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const rowBegins = ascii("['");
const idEnds = ascii("',\t");
const dataBegins = ascii(',\t{');
const quote = ascii("'");
const usersBegin = ascii(", 'users': {'");
const usersEnd = ascii("'}");
const noUsers = ascii(", 'users': None");
const rowEnds = ascii('}],\n');

/** Writes the rows of those matches whose row is plain to see: everything else is left to the full judgement. */
export class RowWriter {
  readonly #forms: readonly (readonly (RowForm | undefined)[])[];
  readonly #filters: readonly CompiledFilter[];
  #bytes = new Uint8Array(1 << 18);
  #end = 0;
  #keys = '';
  #lastTime: EpochMs = Number.NaN;
  #lastDate = '';
  #lastText: Uint8Array = new Uint8Array();

  constructor(filters: readonly CompiledFilter[]) {
    this.#filters = filters;
    this.#forms = filters.map((filter) => rowNames(filter).map(formOf));
  }

  get end(): number {
    return this.#end;
  }

  get keyEnd(): number {
    return this.#keys.length;
  }

  /**
   * Writes a match's row, if it has one.
   * @param line its whole text
   * @param place told of each group
   * @returns whether it has; if not, what `place` was told is void
   */
  add(
    filter: number,
    regex: number,
    line: string,
    tuple: LineTuple,
    time: EpochMs,
    groups: Groups,
    place: PlaceGroup,
  ): boolean {
    const form = this.#forms[filter]![regex];
    if (form === undefined || line.charCodeAt(0) === 0x23) return false;
    const mlfid = groups.get('mlfid');
    if (mlfid === undefined && form.forgets) return false;
    if (mlfid === '' || groups.has('nofail') || groups.has('mlfgained') || groups.has('mlfforget')) return false;
    const id = idOf(groups, this.#filters[filter]!);
    if (id === undefined) return false;
    const start = this.#end;
    if (this.#write(form, id, this.#time(filter, time, tuple[1]), groups, place)) {
      if (mlfid !== undefined) this.#keys += mlfid as string;
      return true;
    }
    this.#end = start;
    return false;
  }

  #write(form: RowForm, id: string, time: Uint8Array, groups: Groups, place: PlaceGroup): boolean {
    this.#put(rowBegins);
    const idAt = this.#end;
    if (!this.#putPlain(id)) return false;
    this.#put(idEnds);
    this.#put(time);
    this.#put(dataBegins);
    const { names, before, missing } = form;
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      const value = groups.get(name);
      if (value === undefined) {
        this.#put(missing[index]!);
        continue;
      }
      if (typeof value !== 'string') return false;
      this.#put(before[index]!);
      place(name, this.#end, value.length);
      if (value === id) this.#repeat(idAt, value.length);
      else if (!this.#putPlain(value)) return false;
      this.#put(quote);
    }
    if (groups.has('mlfid')) {
      const user = groups.get('user') as string | undefined;
      if (user === '') this.#put(noUsers);
      else if (user !== undefined) {
        this.#put(usersBegin);
        this.#putPlain(user);
        this.#put(usersEnd);
      }
    }
    this.#put(rowEnds);
    return true;
  }

  /** Byte by byte: strings joined would be taken apart again. */
  #put(ascii: Uint8Array): void {
    const { length } = ascii;
    if (this.#end + length > this.#bytes.length) this.#widen(length);
    const bytes = this.#bytes;
    let end = this.#end;
    for (let at = 0; at < length; at++) bytes[end++] = ascii[at]!;
    this.#end = end;
  }

  #repeat(from: number, length: number): void {
    if (this.#end + length > this.#bytes.length) this.#widen(length);
    const bytes = this.#bytes;
    let end = this.#end;
    for (let at = 0; at < length; at++) bytes[end++] = bytes[from + at]!;
    this.#end = end;
  }

  /** Text that Python's notation puts between quotes as it is; false for every other. */
  #putPlain(text: string): boolean {
    const { length } = text;
    if (this.#end + length > this.#bytes.length) this.#widen(length);
    const bytes = this.#bytes;
    let end = this.#end;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code < 0x20 || code > 0x7e || code === 0x27 || code === 0x5c) return false;
      bytes[end++] = code;
    }
    this.#end = end;
    return true;
  }

  #widen(by: number): void {
    const wider = new Uint8Array(Math.max(this.#end + by, this.#bytes.length * 2));
    wider.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = wider;
  }

  /** Lines come in bursts: those of one second have one text. */
  #time(filter: number, time: EpochMs, date: string): Uint8Array {
    if (time !== this.#lastTime || date !== this.#lastDate) {
      this.#lastTime = time;
      this.#lastDate = date;
      this.#lastText = ascii(timeText(time, date, this.#filters[filter]!.dating.zone !== undefined));
    }
    return this.#lastText;
  }

  taken(ends: Int32Array, keyEnds: Int32Array): WireRows {
    return { bytes: this.#bytes.subarray(0, this.#end), ends, keys: this.#keys, keyEnds };
  }
}

/** Undefined where a row's groups are not those of its names alone. */
function formOf(names: readonly string[]): RowForm | undefined {
  if (names.includes('users') || !names.every((name) => plainText.test(name))) return undefined;
  const shown = names.filter((name) => name !== 'mlfforget');
  const keys = shown.map((name, index) => `${index === 0 ? '' : ', '}'${name}': `);
  return {
    names: shown,
    before: keys.map((key) => ascii(`${key}'`)),
    missing: keys.map((key) => ascii(`${key}None`)),
    forgets: shown.length < names.length,
  };
}

function idOf(groups: Groups, { usedns }: CompiledFilter): string | undefined {
  const ip4 = groups.get('ip4');
  // Most are of this kind, and their text is the identifier.
  if (typeof ip4 === 'string' && isIpv4(ip4) && !groups.has('cidr') && !groups.has('fid')) return ip4;
  const { identifier } = chooseIdentifier(groups, usedns);
  if (identifier.kind === 'address') return identifier.text;
  return identifier.kind === 'text' && identifier.valid ? identifier.text : undefined;
}
