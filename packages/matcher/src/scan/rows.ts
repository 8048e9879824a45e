import type { EpochMs } from '@f2b/config';
import { isIpv4At } from '../filter/address.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { Groups } from '../filter/groups.js';
import { chooseIdentifier } from '../filter/identifier.js';
import type { GroupSpans } from './in-place/group-spans.js';
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
  /** By match: a number that is the same for rows of one session; 0: the row belongs to none. */
  readonly sessions: Int32Array;
}

/** One value of a row. */
interface RowValue {
  /** Its place among the names of the groups. */
  readonly place: number;
  /** What comes before it. */
  readonly before: Uint8Array;
  /** Name and value of a group that took no part. */
  readonly missing: Uint8Array;
}

/** What the rows of one failregex look like, and where the groups are that decide whether there is one; -1: no such group. */
interface RowForm {
  readonly values: readonly RowValue[];
  /** A session's last line has its own rules, and a line without session others. */
  readonly forgets: boolean;
  readonly mlfid: number;
  readonly user: number;
  readonly ip4: number;
  /** There are none in a plain row. */
  readonly excluded: readonly number[];
  /** With one of these the identifier is not simply the IPv4 address. */
  readonly besideAddress: readonly number[];
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
  #bytes = new Uint8Array(1 << 16);
  #end = 0;
  #time: EpochMs = Number.NaN;
  #date = '';
  #timeText: Uint8Array = new Uint8Array();
  /** The session of the row last written; 0: none. */
  session = 0;
  /** By name of the groups: where its value stands in the row last written. */
  starts = new Int32Array(64);

  /** @param groups by filter and failregex, as its lines are judged in place */
  constructor(
    filters: readonly CompiledFilter[],
    groups: readonly (readonly (GroupSpans | undefined)[] | undefined)[],
  ) {
    this.#filters = filters;
    this.#forms = filters.map((filter, index) => {
      const names = rowNames(filter);
      return (groups[index] ?? []).map((one, regex) => one && formOf(names[regex]!, one));
    });
    const most = Math.max(0, ...groups.flatMap((all) => all?.map((one) => one?.names.length ?? 0) ?? []));
    this.starts = new Int32Array(most);
  }

  get end(): number {
    return this.#end;
  }

  /** Begins a new result. */
  clear(): void {
    this.#end = 0;
  }

  /**
   * Writes a match's row, if it has one.
   * @param bytes the block, `lineStart` where its line begins; the text of the groups must stand there
   * @param date the text that `time` was read from
   */
  add(
    filter: number,
    regex: number,
    bytes: Uint8Array,
    lineStart: number,
    groups: GroupSpans,
    time: EpochMs,
    date: string,
  ): boolean {
    const form = this.#forms[filter]![regex];
    if (form === undefined || bytes[lineStart] === 0x23) return false;
    const { spans } = groups;
    const mlfid = form.mlfid < 0 ? -1 : spans[2 * form.mlfid]!;
    if (mlfid < 0 ? form.forgets : mlfid === spans[2 * form.mlfid + 1]) return false;
    for (let at = 0; at < form.excluded.length; at++) if (spans[2 * form.excluded[at]!]! >= 0) return false;
    const start = this.#end;
    if (!this.#write(form, this.#filters[filter]!, bytes, groups, time, date)) {
      this.#end = start;
      return false;
    }
    this.session = mlfid < 0 ? 0 : sessionNumber(bytes, mlfid, spans[2 * form.mlfid + 1]!);
    return true;
  }

  #write(
    form: RowForm,
    filter: CompiledFilter,
    bytes: Uint8Array,
    groups: GroupSpans,
    time: EpochMs,
    date: string,
  ): boolean {
    const { spans } = groups;
    this.#put(rowBegins);
    const idAt = this.#end;
    const address = this.#isPlainAddress(form, bytes, spans) ? form.ip4 : -1;
    if (address >= 0) {
      if (!this.#putPlain(bytes, spans[2 * address]!, spans[2 * address + 1]!)) return false;
    } else {
      const id = idOf(groupsOf(bytes, groups), filter);
      if (id === undefined || !plainText.test(id)) return false;
      this.#put(ascii(id));
    }
    const idEnd = this.#end;
    this.#put(idEnds);
    this.#put(this.#timeOf(time, date, filter.dating.zone !== undefined));
    this.#put(dataBegins);
    const { values } = form;
    for (let index = 0; index < values.length; index++) {
      const { place, before, missing } = values[index]!;
      const from = spans[2 * place]!;
      if (from < 0) {
        this.#put(missing);
        continue;
      }
      this.#put(before);
      this.starts[place] = this.#end;
      if (place === address) this.#repeat(idAt, idEnd);
      else if (!this.#putPlain(bytes, from, spans[2 * place + 1]!)) return false;
      this.#put(quote);
    }
    if (form.mlfid >= 0 && spans[2 * form.mlfid]! >= 0 && form.user >= 0) {
      const from = spans[2 * form.user]!;
      const to = spans[2 * form.user + 1]!;
      if (from >= 0 && from === to) this.#put(noUsers);
      else if (from >= 0) {
        this.#put(usersBegin);
        this.#putPlain(bytes, from, to);
        this.#put(usersEnd);
      }
    }
    this.#put(rowEnds);
    return true;
  }

  /** Whether the identifier is the IPv4 address as it stands there. */
  #isPlainAddress({ ip4, besideAddress }: RowForm, bytes: Uint8Array, spans: Int32Array): boolean {
    if (ip4 < 0 || spans[2 * ip4]! < 0) return false;
    for (let at = 0; at < besideAddress.length; at++) if (spans[2 * besideAddress[at]!]! >= 0) return false;
    return isIpv4At(bytes, spans[2 * ip4]!, spans[2 * ip4 + 1]!);
  }

  #room(bytes: number): Uint8Array {
    if (this.#end + bytes > this.#bytes.length) {
      const wider = new Uint8Array(Math.max(this.#end + bytes, this.#bytes.length * 2));
      wider.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = wider;
    }
    return this.#bytes;
  }

  /** Byte by byte: a call for so few bytes costs more than they do. */
  #put(ascii: Uint8Array): void {
    const { length } = ascii;
    const bytes = this.#room(length);
    let end = this.#end;
    for (let at = 0; at < length; at++) bytes[end++] = ascii[at]!;
    this.#end = end;
  }

  #repeat(from: number, to: number): void {
    const bytes = this.#room(to - from);
    let end = this.#end;
    for (let at = from; at < to; at++) bytes[end++] = bytes[at]!;
    this.#end = end;
  }

  /** Text that Python's notation puts between quotes as it is; false for every other. */
  #putPlain(text: Uint8Array, from: number, to: number): boolean {
    const bytes = this.#room(to - from);
    let end = this.#end;
    for (let at = from; at < to; at++) {
      const code = text[at]!;
      if (code < 0x20 || code > 0x7e || code === 0x27 || code === 0x5c) return false;
      bytes[end++] = code;
    }
    this.#end = end;
    return true;
  }

  /** Lines come in bursts: those of one second have one text. */
  #timeOf(time: EpochMs, date: string, zoned: boolean): Uint8Array {
    if (time !== this.#time || date !== this.#date) {
      this.#time = time;
      this.#date = date;
      this.#timeText = ascii(timeText(time, date, zoned));
    }
    return this.#timeText;
  }

  taken(ends: Int32Array, sessions: Int32Array): WireRows {
    return { bytes: this.#bytes.slice(0, this.#end), ends, sessions };
  }
}

/** Undefined where a row's groups are not those of its names alone. */
function formOf(names: readonly string[], groups: GroupSpans): RowForm | undefined {
  if (names.includes('users') || !names.every((name) => plainText.test(name))) return undefined;
  const shown = names.filter((name) => name !== 'mlfforget');
  const places = (...wanted: string[]) => wanted.map((name) => groups.place(name)).filter((place) => place >= 0);
  return {
    values: shown.map((name, index) => {
      const key = `${index === 0 ? '' : ', '}'${name}': `;
      return { place: groups.place(name), before: ascii(`${key}'`), missing: ascii(`${key}None`) };
    }),
    forgets: shown.length < names.length,
    mlfid: groups.place('mlfid'),
    user: groups.place('user'),
    ip4: groups.place('ip4'),
    excluded: places('nofail', 'mlfgained', 'mlfforget'),
    besideAddress: places('cidr', 'fid'),
  };
}

function groupsOf(bytes: Uint8Array, { names, spans }: GroupSpans): Groups {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const groups = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const from = spans[2 * index]!;
    if (from >= 0) groups.set(name, text.toString('latin1', from, spans[2 * index + 1]!));
  }
  return groups;
}

function idOf(groups: Groups, { usedns }: CompiledFilter): string | undefined {
  const { identifier } = chooseIdentifier(groups, usedns);
  if (identifier.kind === 'address') return identifier.text;
  return identifier.kind === 'text' && identifier.valid ? identifier.text : undefined;
}

/** A hash (FNV-1a) of a session's text, never 0. */
function sessionNumber(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash === 0 ? 1 : hash;
}
