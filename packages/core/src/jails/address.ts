/**
 * Internet addresses as fail2ban understands them: what `inet_pton` accepts and nothing else (`01.2.3.4`, `1.2.3`,
 * `fe80::1%eth0` are no addresses), IPv4-mapped IPv6 is IPv4, text is what `inet_ntop` writes.
 */

export type Family = 'inet4' | 'inet6';

/** An address or a network. `prefix` is the count of leading bits that are significant. */
export interface Address {
  readonly family: Family;
  /** 4 or 16 bytes, host bits cleared. */
  readonly bytes: Uint8Array;
  readonly prefix: number;
  /** Canonical text: `1.2.3.0/24`; without `/` for a whole address, and (fail2ban's rule) also for prefix 0. */
  readonly text: string;
}

/** Reads `1.2.3.4`, `[2001:db8::1]`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`. Undefined: the text is no address. */
export function parseAddress(text: string): Address | undefined {
  // Longer than any address with any mask: not worth looking at, whatever it is.
  if (text.length > 100) return undefined;
  const slash = text.indexOf('/');
  if (slash < 0) {
    const bytes = parseBytes(unbracket(text));
    return bytes === undefined ? undefined : network(bytes, bytes.length * 8);
  }
  const written = unbracket(text.slice(0, slash));
  const bytes = parseBytes(written);
  if (bytes === undefined) return undefined;
  let prefix = parsePrefix(text.slice(slash + 1));
  if (prefix === undefined) return undefined;
  // A mask that was written for the mapped form counts the 96 bits that the canonical form lost.
  if (bytes.length === 4 && written.includes(':')) prefix = Math.max(0, prefix - 96);
  if (prefix > bytes.length * 8) return undefined;
  return network(bytes, prefix);
}

/** The network of `prefix` bits that the address lies in. */
export function network(address: Uint8Array, prefix: number): Address {
  const bytes = maskBytes(address, prefix);
  const whole = bytes.length * 8;
  const host = bytes.length === 4 ? bytes.join('.') : formatV6(bytes);
  return {
    family: bytes.length === 4 ? 'inet4' : 'inet6',
    bytes,
    prefix,
    text: prefix === whole || prefix === 0 ? host : `${host}/${prefix}`,
  };
}

/** A copy with all bits behind the first `prefix` cleared. */
export function maskBytes(bytes: Uint8Array, prefix: number): Uint8Array {
  const masked = Uint8Array.from(bytes);
  const partial = prefix >> 3;
  if (partial < masked.length) {
    masked[partial] = masked[partial]! & (0xff00 >> (prefix & 7)) & 0xff;
    masked.fill(0, partial + 1);
  }
  return masked;
}

function unbracket(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
}

function parsePrefix(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  const mask = parseBytes(text);
  if (mask === undefined) return undefined;
  let prefix = 0;
  while (prefix < mask.length * 8 && bit(mask, prefix)) prefix++;
  for (let rest = prefix; rest < mask.length * 8; rest++) if (bit(mask, rest)) return undefined;
  return prefix;
}

function bit(bytes: Uint8Array, index: number): boolean {
  return (bytes[index >> 3]! & (0x80 >> (index & 7))) !== 0;
}

function parseBytes(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) {
    const part = parts[i]!;
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const words = [...head, ...new Array<number>(halves.length === 2 ? missing : 0).fill(0), ...tail];
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return Uint8Array.of(words[6]! >> 8, words[6]! & 255, words[7]! >> 8, words[7]! & 255);
  }
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255]));
}

/** Words of one side of `::`; only the last may be written as an IPv4 address, and only where `last` allows. */
function groups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      words.push(Number.parseInt(part, 16));
    } else {
      const v4 = last && index === parts.length - 1 ? parseV4(part) : undefined;
      if (v4 === undefined) return undefined;
      words.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!);
    }
  }
  return words;
}

function formatV6(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => (bytes[i * 2]! << 8) | bytes[i * 2 + 1]!);
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && words[i + run] === 0) run++;
    if (run > length) {
      start = i;
      length = run;
    }
    i += run;
  }
  const hex = (from: number, to: number) =>
    words
      .slice(from, to)
      .map((word) => word.toString(16))
      .join(':');
  if (start < 0) return hex(0, 8);
  // inet_ntop writes ::a.b.c.d for the (obsolete) IPv4-compatible addresses.
  if (start === 0 && length === 6) return `::${bytes.slice(12).join('.')}`;
  return `${hex(0, start)}::${hex(start + length, 8)}`;
}
