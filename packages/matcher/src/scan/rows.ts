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
  readonly before: readonly string[];
  /** Name and value of a group that took no part. */
  readonly missing: readonly string[];
  /** A session's last line has its own rules, and a line without session others. */
  readonly forgets: boolean;
}

/** Writes the rows of those matches whose row is plain to see: everything else is left to the full judgement. */
export class RowWriter {
  readonly #forms: readonly (readonly (RowForm | undefined)[])[];
  readonly #filters: readonly CompiledFilter[];
  #bytes = Buffer.allocUnsafeSlow(1 << 18);
  #end = 0;
  #keys = '';
  #lastTime: EpochMs = Number.NaN;
  #lastDate = '';
  #lastText = '';

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

  #write(form: RowForm, id: string, time: string, groups: Groups, place: PlaceGroup): boolean {
    this.#put("['");
    if (!this.#putPlain(id)) return false;
    this.#put("',\t");
    this.#put(time);
    this.#put(',\t{');
    const { names, before, missing } = form;
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      const value = groups.get(name);
      if (value === undefined) {
        this.#put(missing[index]!);
        continue;
      }
      this.#put(before[index]!);
      place(name, this.#end, value.length);
      if (typeof value !== 'string' || !this.#putPlain(value)) return false;
      this.#put("'");
    }
    const user = groups.get('user');
    if (user === '' && groups.has('mlfid')) this.#put(", 'users': None");
    else if (user !== undefined && groups.has('mlfid')) {
      this.#put(", 'users': {'");
      this.#putPlain(user as string);
      this.#put("'}");
    }
    this.#put('}],\n');
    return true;
  }

  /** Character by character: joined strings would have to be made first, and be taken apart again for the bytes. */
  #put(ascii: string): void {
    const { length } = ascii;
    if (this.#end + length > this.#bytes.length) this.#widen(length);
    const bytes = this.#bytes;
    let end = this.#end;
    for (let at = 0; at < length; at++) bytes[end++] = ascii.charCodeAt(at);
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
    const wider = Buffer.allocUnsafeSlow(Math.max(this.#end + by, this.#bytes.length * 2));
    wider.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = wider;
  }

  /** Lines come in bursts: those of one second have one text. */
  #time(filter: number, time: EpochMs, date: string): string {
    if (time !== this.#lastTime || date !== this.#lastDate) {
      this.#lastTime = time;
      this.#lastDate = date;
      this.#lastText = timeText(time, date, this.#filters[filter]!.dating.zone !== undefined);
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
    before: keys.map((key) => `${key}'`),
    missing: keys.map((key) => `${key}None`),
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
