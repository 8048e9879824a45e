import type { Expression } from '../../dialect/tree.js';
import { Alphabet, type Bits } from './alphabet.js';
import { gaveUp } from './frame.js';
import { ModuleWriter } from './module.js';
import { slotBytes, wasFound, writeSearch } from './search.js';
import { Declined, tableOf, type Workspace } from './workspace.js';

/** Searches a text: 1 found (offsets filled), -1 not found, `GAVE_UP`. Offsets are `[start0, end0, start1, …]`. */
export type TextSearch = (subject: string, offsets: Int32Array) => number;

const pageBytes = 65_536;
const stackBytes = 1024 * 1024;
/** Room for the offsets of the expression that runs; the next one may use it again. */
const slotRoom = 8 * 1024;
const tablesBytes = 256 * 1024;
/** A generated matcher may look so far behind the text. */
const slackBytes = 64;

/**
 * The memory of all generated searches of a thread: choices, offsets, tables, the text. Only one search runs at a time; tables are shared
 * and never given up, since the same few kinds of characters turn up everywhere.
 */
class SearchMemory {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly stack = { from: 64, to: 64 + stackBytes };
  readonly slotsAt = this.stack.to;
  readonly #tablesAt = this.slotsAt + slotRoom;
  readonly textAt = this.#tablesAt + tablesBytes;
  #tablesEnd = this.#tablesAt;
  readonly #tables = new Map<string, number>();
  #bytes = Buffer.alloc(0);
  #halves = new Uint16Array(0);
  #words = new Int32Array(0);
  #text: string | undefined;
  #isLatin1 = false;

  constructor() {
    this.#grow(this.textAt + pageBytes);
  }

  #grow(bytes: number): void {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageBytes));
    // Growing takes the earlier views away.
    this.#bytes = Buffer.from(this.memory.buffer);
    this.#halves = new Uint16Array(this.memory.buffer);
    this.#words = new Int32Array(this.memory.buffer);
  }

  /** Its `table` throws Declined where there is no more room. */
  workspace(module: ModuleWriter): Workspace {
    return {
      module,
      steps: module.global(),
      stack: this.stack,
      table: (bits, alphabet) => this.#table(bits, alphabet),
    };
  }

  #table(bits: Bits, alphabet: Alphabet): number {
    const key = `${alphabet.size} ${bits.join()}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const table = tableOf(bits, alphabet);
    if (this.#tablesEnd + table.length > this.textAt) throw new Declined('too many tables');
    const address = this.#tablesEnd;
    this.#bytes.set(table, address);
    this.#tablesEnd += table.length;
    this.#tables.set(key, address);
    return address;
  }

  /**
   * Writes a text of Latin-1 characters; several expressions are tried on one text, which is written once.
   * @returns false where there are others in it
   */
  writeLatin1(text: string): boolean {
    if (text === this.#text) return this.#isLatin1;
    this.#isLatin1 = !beyondLatin1.test(text);
    this.#text = text;
    if (this.#isLatin1) {
      this.#room(text.length);
      this.#bytes.write(text, this.textAt, 'latin1');
    }
    return this.#isLatin1;
  }

  /** Writes a text in the codes of an alphabet. */
  write(text: string, alphabet: Alphabet): void {
    this.#text = undefined;
    this.#room(2 * text.length);
    const halves = this.#halves;
    const at = this.textAt >> 1;
    for (let i = 0; i < text.length; i++) halves[at + i] = alphabet.codeOf(text.charCodeAt(i))!;
  }

  #room(bytes: number): void {
    if (this.textAt + bytes + slackBytes > this.#bytes.length) this.#grow(2 * (this.textAt + bytes + slackBytes));
  }

  /** Reads the offsets, which stand there as addresses. */
  read(unit: number, offsets: Int32Array): void {
    const words = this.#words;
    const at = this.slotsAt >> 2;
    const shift = unit - 1;
    for (let i = 0; i < offsets.length; i++) {
      const address = words[at + i]!;
      offsets[i] = address < 0 ? -1 : (address - this.textAt) >> shift;
    }
  }
}

const beyondLatin1 = /[^\0-\xff]/;
// Half of a pair is no character: such subjects go to the matcher that walks by code points.
const pair = /[\ud800-\udfff]/;

let shared: SearchMemory | undefined;

interface Instance {
  search(from: number, end: number): number;
}

/**
 * Compiles a tree to a search of texts.
 * @returns undefined when the expression is not for this engine
 */
export function compileSearch(expression: Expression): TextSearch | undefined {
  shared ??= new SearchMemory();
  const memory = shared;
  const latin1 = generate(expression, Alphabet.latin1, memory);
  if (latin1 === undefined) return undefined;
  let wide: { readonly alphabet: Alphabet; readonly search: Instance | undefined } | undefined;
  return (subject, offsets) => {
    if (memory.writeLatin1(subject)) return run(latin1, memory, subject.length, 1, offsets);
    if (pair.test(subject)) return gaveUp;
    if (wide === undefined) {
      const alphabet = Alphabet.of(expression.root);
      wide = { alphabet, search: generate(expression, alphabet, memory) };
    }
    if (wide.search === undefined) return gaveUp;
    memory.write(subject, wide.alphabet);
    return run(wide.search, memory, subject.length, 2, offsets);
  };
}

function run({ search }: Instance, memory: SearchMemory, length: number, unit: number, offsets: Int32Array): number {
  const found = search(memory.textAt, memory.textAt + length * unit);
  if (found === wasFound) memory.read(unit, offsets);
  return found;
}

function generate(expression: Expression, alphabet: Alphabet, memory: SearchMemory): Instance | undefined {
  if (slotBytes(expression.groupCount) > slotRoom) return undefined;
  const module = new ModuleWriter();
  try {
    module.export('search', writeSearch(expression, alphabet, memory.workspace(module), memory.slotsAt));
  } catch (error) {
    if (error instanceof Declined) return undefined;
    throw error;
  }
  const compiled = new WebAssembly.Module(module.bytes());
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory: memory.memory } });
  return exports as unknown as Instance;
}
