import { Bytes, Float, type Raised, type ReplyValue, Tuple } from '../../reply.js';

/** Items that one MARK … APPENDS takes, as in Python. */
const batch = 1000;

const memoize = Buffer.of(0x94);
const opcode = (letter: string) => Buffer.from(letter, 'latin1');
const mark = opcode('(');

/** `(code, value)` as Python's pickle in protocol 5, byte for byte what fail2ban's server sends. */
export function writePickle(code: number, value: ReplyValue | { readonly raised: Raised }): Buffer {
  const parts: Buffer[] = [];
  whole(parts, code);
  if (typeof value === 'object' && value !== null && 'raised' in value) raise(parts, value.raised as Raised);
  else any(parts, value as ReplyValue);
  parts.push(opcode('\x86'), memoize, opcode('.'));
  const body = Buffer.concat(parts);
  const head = Buffer.from('\x80\x05\x95\0\0\0\0\0\0\0\0', 'latin1');
  head.writeBigUInt64LE(BigInt(body.length), 3);
  return Buffer.concat([head, body]);
}

function any(parts: Buffer[], value: ReplyValue): void {
  if (value === null) parts.push(opcode('N'));
  else if (typeof value === 'boolean') parts.push(opcode(value ? '\x88' : '\x89'));
  else if (typeof value === 'string') text(parts, value);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) whole(parts, value);
    else float(parts, value);
  } else if (value instanceof Float) float(parts, value.value);
  else if (value instanceof Bytes) bytes(parts, Buffer.from(value.bytes));
  else if (value instanceof Tuple) tuple(parts, value.items);
  else if (Array.isArray(value)) list(parts, value);
  else dictionary(parts, value as { readonly [key: string]: ReplyValue });
}

function whole(parts: Buffer[], value: number): void {
  if (value >= 0 && value <= 0xff) return void parts.push(Buffer.of(0x4b, value));
  if (value >= 0 && value <= 0xffff) return void parts.push(Buffer.of(0x4d, value & 0xff, value >> 8));
  if (value >= -0x8000_0000 && value <= 0x7fff_ffff) {
    const four = Buffer.of(0x4a, 0, 0, 0, 0);
    four.writeInt32LE(value, 1);
    return void parts.push(four);
  }
  // As few bytes of two's complement as hold it and its sign.
  const eight = Buffer.alloc(8);
  eight.writeBigInt64LE(BigInt(value));
  const sign = value < 0 ? 0xff : 0;
  let length = 8;
  while (eight[length - 1] === sign && (eight[length - 2]! & 0x80) === (sign & 0x80)) length -= 1;
  parts.push(Buffer.of(0x8a, length), eight.subarray(0, length));
}

function float(parts: Buffer[], value: number): void {
  const nine = Buffer.alloc(9, 'G');
  nine.writeDoubleBE(value, 1);
  parts.push(nine);
}

function text(parts: Buffer[], value: string): void {
  const utf8 = Buffer.from(value, 'utf8');
  parts.push(sized('\x8c', 'X', utf8.length), utf8, memoize);
}

function bytes(parts: Buffer[], value: Buffer): void {
  parts.push(sized('C', 'B', value.length), value, memoize);
}

function sized(short: string, long: string, length: number): Buffer {
  if (length <= 0xff) return Buffer.concat([opcode(short), Buffer.of(length)]);
  const head = Buffer.concat([opcode(long), Buffer.alloc(4)]);
  head.writeUInt32LE(length, 1);
  return head;
}

function tuple(parts: Buffer[], items: readonly ReplyValue[]): void {
  if (items.length === 0) return void parts.push(opcode(')'));
  if (items.length > 3) parts.push(mark);
  for (const item of items) any(parts, item);
  parts.push(items.length > 3 ? opcode('t') : Buffer.of(0x84 + items.length), memoize);
}

function list(parts: Buffer[], items: readonly ReplyValue[]): void {
  parts.push(opcode(']'), memoize);
  inBatches(parts, items, 'a', 'e', (item) => any(parts, item));
}

function dictionary(parts: Buffer[], value: { readonly [key: string]: ReplyValue }): void {
  parts.push(opcode('}'), memoize);
  inBatches(parts, Object.entries(value), 's', 'u', ([key, item]) => {
    text(parts, key);
    any(parts, item);
  });
}

function inBatches<T>(parts: Buffer[], items: readonly T[], one: string, many: string, put: (item: T) => void): void {
  for (let from = 0; from < items.length; from += batch) {
    const some = items.slice(from, from + batch);
    if (some.length > 1) parts.push(mark);
    for (const item of some) put(item);
    parts.push(opcode(some.length > 1 ? many : one));
  }
}

function raise(parts: Buffer[], { module, name, args }: Raised): void {
  text(parts, module);
  text(parts, name);
  parts.push(opcode('\x93'), memoize);
  tuple(parts, args);
  parts.push(opcode('R'), memoize);
}
