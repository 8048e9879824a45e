import ipaddr from 'ipaddr.js';
import { errors } from './errors.js';
import { quoted } from './voice.js';

export type Family = 'inet4' | 'inet6';

export const familyNames: Readonly<Record<Family, string>> = { inet4: 'IPv4', inet6: 'IPv6' };

/** A banned address or network, in the one spelling that the kernel's tools print. */
export interface Network {
  readonly family: Family;
  /** Canonical address with prefix length: `192.0.2.1/32`, `2001:db8::/48`. Host bits are zero. */
  readonly cidr: string;
}

/**
 * Reads a ban identifier as an address or a network. IPv4 mapped into IPv6 is IPv4, since that is what its packets are;
 * a zone (`fe80::1%eth0`) is dropped; host bits of a network are cleared.
 *
 * @throws FirewallError `F2B_FIREWALL_NOT_AN_ADDRESS` for free text and for the short, octal and hexadecimal spellings that
 *   other parsers guess at (`2`, `010.0.0.1`), `F2B_FIREWALL_EVERYBODY` for a prefix of length 0
 */
export function networkOf(id: string): Network {
  const match = /^([0-9A-Fa-f:.]{2,45})(?:%[\w.-]{1,32})?(?:\/(\d{1,3}))?$/.exec(id);
  const address = match === null ? undefined : parseAddress(match[1]!);
  if (match === null || address === undefined) throw errors.notAnAddress(quoted(id, 80));
  const width = address.kind() === 'ipv4' ? 32 : 128;
  const written = match[1]!.includes(':') ? 128 : 32;
  const given = match[2] === undefined ? written : Number(match[2]);
  // A mapped network's prefix counts the 96 bits in front of the IPv4 address.
  const prefix = given - (written - width);
  if (given > written || prefix < 0) throw errors.notAnAddress(quoted(id, 80));
  if (prefix === 0) throw errors.everybody(quoted(id, 80));
  return { family: width === 32 ? 'inet4' : 'inet6', cidr: `${masked(address, prefix)}/${prefix}` };
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function masked(address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number): string {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & ((0xff << (8 - kept)) & 0xff);
  });
  const network = ipaddr.fromByteArray(bytes);
  return network.kind() === 'ipv4' ? network.toString() : (network as ipaddr.IPv6).toRFC5952String();
}
