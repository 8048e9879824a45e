/**
 * WebAssembly instructions as nested lists of bytes, and the branches between them by name instead of by depth. Only what the generated
 * matchers need.
 */

import type { ByteWriter } from './byte-writer.js';

/** Instructions in order. */
export type Code = number | Block | Branch | Switch | Jump | readonly Code[];

/** Where a branch goes: behind a block, or to the beginning of a loop. */
export interface Label {
  readonly name: string;
}

export interface Block {
  readonly kind: 'block' | 'loop' | 'if';
  readonly label: Label | undefined;
  /** An `if` that leaves a number. */
  readonly value: boolean;
  readonly body: Code;
  readonly otherwise: Code | undefined;
}

export interface Branch {
  readonly kind: 'branch';
  readonly to: Label;
  /** Takes a condition from the stack. */
  readonly conditional: boolean;
}

/** A branch to the label whose number is on the stack; the last label for every number beyond. */
export interface Switch {
  readonly kind: 'switch';
  readonly to: readonly Label[];
}

/** A branch to a label if that is around this place, else something that leads there another way. */
export interface Jump {
  readonly kind: 'jump';
  readonly to: Label;
  /** Takes a condition from the stack. */
  readonly conditional: boolean;
  readonly detour: Code;
}

export function label(name: string): Label {
  return { name };
}

/** LEB128, unsigned. */
export function unsigned(value: number): Code {
  if (value >= 0 && value < 0x80) return value;
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** LEB128 of a 32-bit integer, signed. */
export function signed(value: number): Code {
  if (value >= -0x40 && value < 0x40) return value & 0x7f;
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** LEB128 of a 64-bit integer, signed. */
function signed64(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asIntN(64, value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

export const i32 = (value: number): Code => [0x41, signed(value)];
export const i64 = (value: bigint): Code => [0x42, signed64(value)];

/** Of the first variables, ready made: most of a matcher's instructions read one. */
const gets: readonly Code[] = Array.from({ length: 16 }, (_, local) => [0x20, local]);
export const get = (local: number): Code => gets[local] ?? [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
/** `set`, and leaves the value. */
export const tee = (local: number, value: Code): Code => [value, 0x22, unsigned(local)];
export const getGlobal = (index: number): Code => [0x23, unsigned(index)];
export const setGlobal = (index: number, value: Code): Code => [value, 0x24, unsigned(index)];

const binary =
  (opcode: number) =>
  (a: Code, b: Code): Code => [a, b, opcode];
export const equal = binary(0x46);
export const differ = binary(0x47);
export const less = binary(0x48);
export const greater = binary(0x4a);
export const greaterOrEqualUnsigned = binary(0x4f);
export const lessOrEqualUnsigned = binary(0x4d);
export const lessOrEqual = binary(0x4c);
export const greaterOrEqual = binary(0x4e);
export const plus = binary(0x6a);
export const minus = binary(0x6b);
export const times = binary(0x6c);
export const both = binary(0x71);
export const either = binary(0x72);
export const shiftLeft = binary(0x74);
export const shiftRight = binary(0x75);
export const differ64 = binary(0x52);
export const not = (a: Code): Code => [a, 0x45];

export const loadByte = (address: Code, offset = 0): Code => [address, 0x2d, 0, unsigned(offset)];
export const loadHalf = (address: Code, offset = 0): Code => [address, 0x2f, 0, unsigned(offset)];
export const loadWord = (address: Code, offset = 0): Code => [address, 0x28, 0, unsigned(offset)];
export const loadDouble = (address: Code, offset = 0): Code => [address, 0x29, 0, unsigned(offset)];
export const storeByte = (address: Code, value: Code, offset = 0): Code => [address, value, 0x3a, 0, unsigned(offset)];
export const storeWord = (address: Code, value: Code, offset = 0): Code => [address, value, 0x36, 0, unsigned(offset)];
export const storeDouble = (address: Code, value: Code, offset = 0): Code => [
  address,
  value,
  0x37,
  0,
  unsigned(offset),
];
export const copyMemory = (to: Code, from: Code, length: Code): Code => [to, from, length, 0xfc, 0x0a, 0, 0];

export const call = (index: number, ...args: Code[]): Code => [args, 0x10, unsigned(index)];
export const give = (value: Code): Code => [value, 0x0f];
export const unreachable: Code = 0x00;

export const block = (at: Label, ...body: Code[]): Code => ({
  kind: 'block',
  label: at,
  value: false,
  body,
  otherwise: undefined,
});
export const loop = (at: Label, ...body: Code[]): Code => ({
  kind: 'loop',
  label: at,
  value: false,
  body,
  otherwise: undefined,
});
export const when = (condition: Code, body: Code, otherwise?: Code): Code => [
  condition,
  { kind: 'if', label: undefined, value: false, body, otherwise },
];
/** One of two values. */
export const choose = (condition: Code, yes: Code, no: Code): Code => [
  condition,
  { kind: 'if', label: undefined, value: true, body: yes, otherwise: no },
];
export const go = (to: Label): Code => ({ kind: 'branch', to, conditional: false });
export const goIf = (to: Label, condition: Code): Code => [condition, { kind: 'branch', to, conditional: true }];
export const goByNumber = (number: Code, to: readonly Label[]): Code => [number, { kind: 'switch', to }];
export const jump = (to: Label, detour: Code): Code => ({ kind: 'jump', to, conditional: false, detour });
export const jumpIf = (to: Label, condition: Code, detour: Code): Code => [
  condition,
  { kind: 'jump', to, conditional: true, detour },
];

const ifBlock: Block = { kind: 'if', label: undefined, value: false, body: [], otherwise: undefined };
const opcodes = { block: 0x02, loop: 0x03, if: 0x04 } as const;
const noResult = 0x40;
const numberResult = 0x7f;
const end = 0x0b;

/** Writes a function's instructions. */
export function assemble(code: Code, to: ByteWriter): void {
  new Assembler(to).write(code);
}

class Assembler {
  readonly #to: ByteWriter;
  readonly #enclosing: (Label | undefined)[] = [];

  constructor(to: ByteWriter) {
    this.#to = to;
  }

  write(one: Code): void {
    if (typeof one === 'number') this.#to.byte(one);
    else if (Array.isArray(one)) for (let i = 0; i < one.length; i++) this.write(one[i]);
    else this.#writeNamed(one as Exclude<typeof one, readonly Code[]>);
  }

  #writeNamed(one: Block | Branch | Switch | Jump): void {
    switch (one.kind) {
      case 'branch':
        return this.#branch(one.conditional, this.#depthOf(one.to));
      case 'jump': {
        const depth = this.#find(one.to);
        if (depth >= 0) return this.#branch(one.conditional, depth);
        return one.conditional ? this.#block({ ...ifBlock, body: one.detour }) : this.write(one.detour);
      }
      case 'switch':
        this.#to.byte(0x0e);
        this.write(unsigned(one.to.length - 1));
        for (const to of one.to) this.write(unsigned(this.#depthOf(to)));
        return;
      default:
        return this.#block(one);
    }
  }

  #block({ kind, value, label: at, body, otherwise }: Block): void {
    this.#to.byte(opcodes[kind]);
    this.#to.byte(value ? numberResult : noResult);
    this.#enclosing.push(at);
    this.write(body);
    if (otherwise !== undefined) {
      this.#to.byte(0x05);
      this.write(otherwise);
    }
    this.#enclosing.pop();
    this.#to.byte(end);
  }

  #branch(conditional: boolean, depth: number): void {
    this.#to.byte(conditional ? 0x0d : 0x0c);
    this.write(unsigned(depth));
  }

  /** How many blocks around this place lie within the label's; -1: it is not around this place. */
  #find(to: Label): number {
    const at = this.#enclosing.lastIndexOf(to);
    return at < 0 ? -1 : this.#enclosing.length - 1 - at;
  }

  #depthOf(to: Label): number {
    const depth = this.#find(to);
    if (depth < 0) throw new Error(`a branch to ${to.name}, which is not around it`);
    return depth;
  }
}
