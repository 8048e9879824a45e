/** Names that the DNS can hold, and those of a hosts file. */
const hostName =
  /^(?=.{1,253}\.?$)[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?)*\.?$/u;

/**
 * Why a word of `ignoreip` names nobody; undefined: it is an address, a network, or may be a host's name. What looks like an
 * address and is none must not be asked of the DNS: the system's resolver takes `010.6.0.1` for 8.6.0.1.
 */
export function mistakeInAddress(word: string): string | undefined {
  const slash = word.indexOf('/');
  const address = slash < 0 ? word : word.slice(0, slash);
  const mask = slash < 0 ? undefined : word.slice(slash + 1);
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (bare.includes(':')) {
    if (!isIPv6(bare)) return 'is no IPv6 address';
    return mask === undefined || isMask(mask, 128) || isIPv6(mask) ? undefined : 'has a mask that is not from 0 to 128';
  }
  if (/^[0-9.]+$/.test(bare)) {
    if (!isIPv4(bare)) return 'is no IPv4 address: four numbers from 0 to 255, without leading zeros';
    return mask === undefined || isMask(mask, 32) || isIPv4(mask) ? undefined : 'has a mask that is not from 0 to 32';
  }
  if (mask !== undefined) return 'is a name with a mask';
  return hostName.test(word) ? undefined : 'is neither an address nor the name of a host';
}

function isMask(text: string, most: number): boolean {
  return /^[0-9]{1,3}$/.test(text) && Number(text) <= most;
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256);
}

function isIPv6(text: string): boolean {
  const plain = text.replace(/%[\w.-]+$/, '');
  const tail = plain.lastIndexOf(':');
  const embedded = plain.includes('.');
  if (embedded && !isIPv4(plain.slice(tail + 1))) return false;
  const groups = embedded ? `${plain.slice(0, tail + 1)}0:0` : plain;
  const halves = groups.split('::');
  if (halves.length > 2) return false;
  const words = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return false;
  return halves.length === 2 ? words.length < 8 : words.length === 8;
}
