import { ByteWriter } from './byte-writer.js';
import { assemble, type Code, i32, signed, unsigned } from './instructions.js';

/** One function of a module: all parameters, locals and results are 32-bit integers. */
export interface Function {
  readonly parameters: number;
  readonly locals: number;
  /** Leaves a number, or returns it. */
  readonly code: Code;
}

const number = 0x7f;
const encoder = new TextEncoder();

/**
 * A WebAssembly module that works on a memory of its host (`env.memory`) and may call functions of its host
 * (`env.table`). Functions are numbered in the order in which they are reserved, so that one can be called before it
 * is written.
 */
export class ModuleWriter {
  readonly #functions: (Function | undefined)[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];
  readonly #data: { readonly address: number; readonly bytes: Uint8Array }[] = [];
  readonly #types: number[] = [];
  #globals = 0;
  #hasTable = false;

  /** @returns the function's number */
  reserve(): number {
    return this.#functions.push(undefined) - 1;
  }

  write(index: number, written: Function): void {
    this.#functions[index] = written;
  }

  export(name: string, index: number): void {
    this.#exports.push({ name, index });
  }

  /** Number of the type of functions with so many parameters. */
  type(parameters: number): number {
    const known = this.#types.indexOf(parameters);
    return known >= 0 ? known : this.#types.push(parameters) - 1;
  }

  /** Calls the function at a place of the host's table (`env.table`). */
  callPlace(place: number, parameters: readonly Code[]): Code {
    this.#hasTable = true;
    return [parameters, i32(place), 0x11, unsigned(this.type(parameters.length)), 0];
  }

  /** A variable that all functions share, 0 at first. */
  global(): number {
    return this.#globals++;
  }

  /** Bytes that stand in the memory when the module is instantiated. */
  data(address: number, bytes: Uint8Array): void {
    this.#data.push({ address, bytes });
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const written = this.#functions.map((one, index) => {
      if (one === undefined) throw new Error(`function ${index} was reserved and never written`);
      return one;
    });
    const typeOf = written.map(({ parameters }) => this.type(parameters));
    const to = new ByteWriter(8192);
    assemble([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], to);
    section(to, 1, this.#types, (count, into) =>
      assemble([0x60, unsigned(count), new Array<number>(count).fill(number), 1, number], into),
    );
    const memory = [name('env'), name('memory'), 0x02, 0x00, 1];
    const table = [name('env'), name('table'), 0x01, 0x70, 0x00, 1];
    section(to, 2, this.#hasTable ? [memory, table] : [memory], assemble);
    section(to, 3, typeOf, (type, into) => assemble(unsigned(type), into));
    section(to, 6, new Array<number>(this.#globals).fill(0), (value, into) =>
      assemble([number, 1, 0x41, value, 0x0b], into),
    );
    section(to, 7, this.#exports, (one, into) => assemble([name(one.name), 0x00, unsigned(one.index)], into));
    section(to, 10, written, ({ locals, code }, into) => {
      const body = new ByteWriter();
      assemble([locals === 0 ? 0 : [1, unsigned(locals), number], code, 0x0b], body);
      assemble(unsigned(body.length), into);
      into.add(body.written);
    });
    section(to, 11, this.#data, ({ address, bytes }, into) => {
      assemble([0, 0x41, signed(address), 0x0b, unsigned(bytes.length)], into);
      into.add(bytes);
    });
    return to.written;
  }
}

function section<T>(
  to: ByteWriter,
  id: number,
  entries: readonly T[],
  write: (entry: T, into: ByteWriter) => void,
): void {
  if (entries.length === 0) return;
  const content = new ByteWriter();
  assemble(unsigned(entries.length), content);
  for (const entry of entries) write(entry, content);
  assemble([id, unsigned(content.length)], to);
  to.add(content.written);
}

function name(text: string): Code {
  const bytes = [...encoder.encode(text)];
  return [unsigned(bytes.length), bytes];
}
