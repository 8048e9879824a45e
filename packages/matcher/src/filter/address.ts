/**
 * Addresses as fail2ban understands them: `inet_pton` decides what an address is, `inet_ntop` how it is written. So `01.2.3.4`,
 * `1.2.3`, `1.2.3.400`, ` 1.2.3.4` and `fe80::1%eth0` are no addresses, and every address has exactly one text.
 */

export type Family = 'inet4' | 'inet6';

/** One host, or a network with its host bits cleared. */
export interface Address {
  readonly family: Family;
  /** Canonical text; the prefix length is part of it unless it is the full length, or 0 (fail2ban writes `0.0.0.0/0` as `0.0.0.0`). */
  readonly text: string;
  /** 32 or 128 for one host. */
  readonly prefix: number;
  /** 4 or 16 bytes, host bits cleared. */
  readonly bytes: Uint8Array;
}

/** Reads dotted decimal by `inet_pton`'s rules: four numbers, no leading zero, nothing around. */
function ipv4Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let part = 0;
  let digits = 0;
  let value = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0x2e;
    if (code === 0x2e) {
      if (digits === 0 || part > 3) return undefined;
      bytes[part++] = value;
      digits = 0;
      value = 0;
    } else if (code >= 0x30 && code <= 0x39) {
      if (digits > 0 && value === 0) return undefined;
      value = value * 10 + (code - 0x30);
      digits++;
      if (value > 255) return undefined;
    } else return undefined;
  }
  return part === 4 ? bytes : undefined;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Reads an IPv6 address by `inet_pton`'s rules; a zone (`%eth0`) is not part of an address. */
function ipv6Bytes(text: string): Uint8Array | undefined {
  if (text.length < 2 || text.length > 45) return undefined;
  const words: number[] = [];
  let gap = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gap = 0;
    at = 2;
  } else if (text.startsWith(':')) return undefined;
  while (at < text.length) {
    if (words.length >= 8) return undefined;
    let value = 0;
    let digits = 0;
    const from = at;
    for (; at < text.length; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      if (++digits > 4) return undefined;
      value = value * 16 + digit;
    }
    if (at < text.length && text[at] === '.') {
      const tail = words.length <= 6 ? ipv4Bytes(text.slice(from)) : undefined;
      if (tail === undefined) return undefined;
      words.push((tail[0]! << 8) | tail[1]!, (tail[2]! << 8) | tail[3]!);
      at = text.length;
      break;
    }
    if (digits === 0) return undefined;
    words.push(value);
    if (at === text.length) break;
    if (text[at] !== ':') return undefined;
    at++;
    if (text[at] === ':') {
      if (gap >= 0) return undefined;
      gap = words.length;
      at++;
    } else if (at === text.length) return undefined;
  }
  if (gap < 0 ? words.length !== 8 : words.length > 7) return undefined;
  const bytes = new Uint8Array(16);
  const skipped = gap < 0 ? 0 : 8 - words.length;
  words.forEach((word, index) => {
    const to = (gap >= 0 && index >= gap ? index + skipped : index) * 2;
    bytes[to] = word >> 8;
    bytes[to + 1] = word & 255;
  });
  return bytes;
}

function ipv4Text(bytes: Uint8Array, from = 0): string {
  return `${bytes[from]}.${bytes[from + 1]}.${bytes[from + 2]}.${bytes[from + 3]}`;
}

/** Writes as the C library's `inet_ntop`: the first longest run of zero words shortened, IPv4 inside written dotted. */
function ipv6Text(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, index) => (bytes[index * 2]! << 8) | bytes[index * 2 + 1]!);
  let best = -1;
  let length = 1;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && words[to] === 0) to++;
    if (to - from > length) {
      best = from;
      length = to - from;
    }
    if (to > from) from = to;
  }
  if (best === 0 && (length === 6 || (length === 5 && words[5] === 0xffff))) {
    return `${length === 6 ? '::' : '::ffff:'}${ipv4Text(bytes, 12)}`;
  }
  const hex = words.map((word) => word.toString(16));
  if (best < 0) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + length).join(':')}`;
}

function clearHostBits(bytes: Uint8Array, prefix: number): Uint8Array {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - kept));
  });
}

function network(bytes: Uint8Array, prefix: number): Address {
  const full = bytes.length * 8;
  const masked = prefix === full ? bytes : clearHostBits(bytes, prefix);
  const host = bytes.length === 4 ? ipv4Text(masked) : ipv6Text(masked);
  return {
    family: bytes.length === 4 ? 'inet4' : 'inet6',
    text: prefix === full || prefix === 0 ? host : `${host}/${prefix}`,
    prefix,
    bytes: masked,
  };
}

function isMapped(bytes: Uint8Array): boolean {
  return (
    bytes.length === 16 && bytes[10] === 255 && bytes[11] === 255 && bytes.subarray(0, 10).every((byte) => byte === 0)
  );
}

function withoutBrackets(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
}

/**
 * One host address; enclosing brackets are taken off, an IPv4-mapped IPv6 address (`::ffff:192.0.2.5`) is the IPv4 address.
 * Undefined for everything that `inet_pton` refuses.
 */
export function parseHost(text: string): Address | undefined {
  const bare = withoutBrackets(text);
  const bytes = bare.includes(':') ? ipv6Bytes(bare) : ipv4Bytes(bare);
  if (bytes === undefined) return undefined;
  if (isMapped(bytes)) return network(bytes.slice(12), 32);
  return network(bytes, bytes.length * 8);
}

/** Prefix length that a mask in address form stands for; undefined for a mask with holes. */
function maskLength(mask: Uint8Array): number | undefined {
  let length = 0;
  while (length < mask.length * 8 && ((mask[length >> 3]! >> (7 - (length & 7))) & 1) === 1) length++;
  const expected = clearHostBits(new Uint8Array(mask.length).fill(255), length);
  return mask.every((byte, index) => byte === expected[index]) ? length : undefined;
}

/** The network of `host` (as text) and a prefix length; a length out of range means the host alone, as in fail2ban. */
export function parseNetwork(host: string, prefix: number): Address | undefined {
  const bare = withoutBrackets(host);
  const bytes = bare.includes(':') ? ipv6Bytes(bare) : ipv4Bytes(bare);
  if (bytes === undefined) return undefined;
  if (prefix < 0 || prefix >= bytes.length * 8) return parseHost(host);
  return network(bytes, prefix);
}

/**
 * An address, or `address/length`, or `address/mask` (`192.0.2.0/255.255.255.0`, `2001:db8::/ffff:ffff::`).
 * Undefined for all other text, for a mask with holes and for a length that is no number.
 */
export function parseAddress(text: string): Address | undefined {
  const bare = withoutBrackets(text);
  const slash = bare.indexOf('/');
  if (slash < 0) return parseHost(bare);
  const host = bare.slice(0, slash);
  const length = bare.slice(slash + 1);
  if (length.includes('.') || length.includes(':')) {
    const mask = length.includes(':') ? ipv6Bytes(length) : ipv4Bytes(length);
    const prefix = mask === undefined ? undefined : maskLength(mask);
    return prefix === undefined ? undefined : parseNetwork(host, prefix);
  }
  if (length === '' || length.length > 6) return undefined;
  for (let at = 0; at < length.length; at++) {
    const code = length.charCodeAt(at);
    if ((code < 0x30 || code > 0x39) && !(at === 0 && code === 0x2d && length.length > 1)) return undefined;
  }
  return parseNetwork(host, Number(length));
}
