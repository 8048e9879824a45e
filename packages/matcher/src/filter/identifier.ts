import { type Address, parseAddress, parseHost, parseNetwork } from './address.js';
import type { Groups, GroupValue } from './groups.js';

/** How names are treated, option `usedns`. */
export type Usedns = 'yes' | 'warn' | 'no' | 'raw';

/** Whom a matched line accuses. */
export type Identifier =
  /** A host or a network; `text` is canonical. */
  | { readonly kind: 'address'; readonly text: string; readonly address: Address; readonly valid: true }
  /**
   * Text that is no address. `valid` is false where only an address tag (`<HOST>`, `<ADDR>`) produced it: `1.2.3.400` and `12:34:56`
   * look like addresses to the expression, but nobody can be banned by them.
   */
  | { readonly kind: 'text'; readonly text: string; readonly valid: boolean }
  /** Several parts (`<F-TUPLE_ID>`); `text` is for people and keys. */
  | { readonly kind: 'tuple'; readonly text: string; readonly parts: readonly (string | null)[]; readonly valid: true }
  /** A name that has to be resolved first; one failure for each address it has. */
  | { readonly kind: 'dns'; readonly name: string }
  /** Nobody yet: a line of a session whose address comes later (`pending`), or a name that `usedns = no` forbids to resolve. */
  | { readonly kind: 'none'; readonly pending: boolean };

export interface Accused {
  readonly identifier: Identifier;
  /** The address beside an identifier of another kind (`<ip>` next to `<fid>` in actions). */
  readonly ip: string | undefined;
}

/** `yes`, `warn`, `no`, `raw`; every other word means `no`, as in fail2ban (which also accepts `true` and `1` for `yes`). */
export function readUsedns(text: string): Usedns {
  const word = text.trim().toLowerCase();
  if (word === 'warn' || word === 'raw' || word === 'yes') return word;
  return word === 'true' || word === '1' || word === 'on' ? 'yes' : 'no';
}

function textOf(value: GroupValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** How fail2ban shows a tuple: Python's notation. */
export function tupleText(parts: readonly (string | null)[]): string {
  const shown = parts.map((part) => {
    if (part === null) return 'None';
    const escaped = part.replaceAll('\\', '\\\\');
    return part.includes("'") && !part.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
  });
  return `(${shown.join(', ')}${shown.length === 1 ? ',' : ''})`;
}

function ofAddress(address: Address): Identifier {
  return { kind: 'address', text: address.text, address, valid: true };
}

/** The identifier that `<F-ID>` names: what looks like an address or a network is one, everything else stays text. */
function ofFid(fid: Exclude<GroupValue, undefined>, usedns: Usedns): Identifier {
  if (typeof fid !== 'string') return { kind: 'tuple', text: tupleText(fid), parts: fid, valid: true };
  const address = usedns === 'raw' ? undefined : parseAddress(fid);
  return address === undefined ? { kind: 'text', text: fid, valid: true } : ofAddress(address);
}

/**
 * fail2ban's choice among the captured groups: `ip4`, else `ip6`, else `dns`, else `fid`; an `fid` beside an address that
 * differs from it wins and leaves the address to `<ip>`.
 *
 * Pure: a name is only named here, whoever owns a resolver resolves it.
 */
export function chooseIdentifier(groups: Groups, usedns: Usedns): Accused {
  const fid = groups.get('fid');
  const host = textOf(groups.get('ip4')) ?? textOf(groups.get('ip6'));
  if (host !== undefined) {
    const cidr = textOf(groups.get('cidr'));
    const address = cidr === undefined ? parseHost(host) : parseNetwork(host, Number(cidr));
    const accused: Identifier = address === undefined ? { kind: 'text', text: host, valid: false } : ofAddress(address);
    const ip = address?.text ?? host;
    if (fid === undefined || fid === '' || fid === ip || fid === host) return { identifier: accused, ip: undefined };
    return { identifier: ofFid(fid, usedns), ip };
  }
  const dns = textOf(groups.get('dns'));
  if (dns !== undefined) {
    if (usedns === 'raw') {
      if (fid !== undefined && fid !== '') return { identifier: ofFid(fid, usedns), ip: undefined };
      return { identifier: { kind: 'text', text: dns, valid: true }, ip: undefined };
    }
    if (usedns === 'no') return { identifier: { kind: 'none', pending: false }, ip: undefined };
    const address = parseHost(dns);
    return { identifier: address === undefined ? { kind: 'dns', name: dns } : ofAddress(address), ip: undefined };
  }
  if (fid !== undefined && fid !== '') return { identifier: ofFid(fid, usedns), ip: undefined };
  return { identifier: { kind: 'none', pending: true }, ip: undefined };
}
