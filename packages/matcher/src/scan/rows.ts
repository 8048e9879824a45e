import type { EpochMs } from '@f2b/config';
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
  /** A session's last line has its own rules, and a line without session others. */
  readonly forgets: boolean;
}

/** Characters that are turned into bytes at once. */
const chunkChars = 1 << 14;

/** Writes the rows of those matches whose row is plain to see: everything else is left to the full judgement. */
export class RowWriter {
  readonly #forms: readonly (readonly (RowForm | undefined)[])[];
  readonly #filters: readonly CompiledFilter[];
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #written = 0;
  #chunk = '';
  #keys = '';
  #lastTime: EpochMs = Number.NaN;
  #lastDate = '';
  #lastText = '';

  constructor(filters: readonly CompiledFilter[]) {
    this.#filters = filters;
    this.#forms = filters.map((filter) => rowNames(filter).map(formOf));
  }

  get end(): number {
    return this.#written + this.#chunk.length;
  }

  get keyEnd(): number {
    return this.#keys.length;
  }

  /**
   * Writes a match's row, if it has one.
   * @param line its whole text
   * @param place told of each group
   * @returns whether it has
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
    const linePlain = plainText.test(line);
    for (const value of groups.values()) {
      if (typeof value !== 'string') return false;
      // A value is a piece of the line and of the newline added to it.
      if (linePlain ? value.charCodeAt(value.length - 1) === 0x0a : !plainText.test(value)) return false;
    }
    const id = idOf(groups, this.#filters[filter]!);
    if (id === undefined || (!linePlain && !plainText.test(id))) return false;

    let row = `['${id}',\t${this.#time(filter, time, tuple[1])},\t{`;
    const start = this.end;
    const { names, before } = form;
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      const value = groups.get(name) as string | undefined;
      if (value === undefined) row += `${before[index]!}None`;
      else {
        row += `${before[index]!}'`;
        place(name, start + row.length, value.length);
        row += `${value}'`;
      }
    }
    if (mlfid !== undefined) {
      this.#keys += mlfid as string;
      const user = groups.get('user');
      if (user !== undefined) row += user === '' ? ", 'users': None" : `, 'users': {'${user as string}'}`;
    }
    this.#chunk += `${row}}],\n`;
    if (this.#chunk.length >= chunkChars) this.#toBytes();
    return true;
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

  #toBytes(): void {
    const end = this.end;
    if (end > this.#bytes.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
      wider.set(this.#bytes.subarray(0, this.#written));
      this.#bytes = wider;
    }
    this.#bytes.write(this.#chunk, this.#written, 'latin1');
    this.#written = end;
    this.#chunk = '';
  }

  taken(ends: Int32Array, keyEnds: Int32Array): WireRows {
    this.#toBytes();
    return { bytes: this.#bytes.subarray(0, this.#written), ends, keys: this.#keys, keyEnds };
  }
}

/** Undefined where a row's groups are not those of its names alone. */
function formOf(names: readonly string[]): RowForm | undefined {
  if (names.includes('users')) return undefined;
  const shown = names.filter((name) => name !== 'mlfforget');
  return {
    names: shown,
    before: shown.map((name, index) => `${index === 0 ? '' : ', '}'${name}': `),
    forgets: shown.length < names.length,
  };
}

function idOf(groups: Groups, { usedns }: CompiledFilter): string | undefined {
  const { identifier } = chooseIdentifier(groups, usedns);
  if (identifier.kind === 'address') return identifier.text;
  return identifier.kind === 'text' && identifier.valid ? identifier.text : undefined;
}
