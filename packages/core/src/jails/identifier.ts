import { type Family, parseAddress } from './address.js';

/** A captured group: text, or the parts of a tuple. */
export type GroupValue = string | readonly (string | null)[];
export type Groups = ReadonlyMap<string, GroupValue>;

/** `usedns` of a jail: whether host names in logs are looked up. */
export type UseDns = 'yes' | 'warn' | 'no' | 'raw';

/** Who failed: what is counted and banned. */
export interface Identifier {
  /** The key that failures are counted under: canonical address, network, or free text. */
  readonly id: string;
  /** The address, where the key is not one itself; else equal to `id`. */
  readonly ip: string;
  /** Family of `ip`; undefined for free text. */
  readonly family: Family | undefined;
}

/** What the groups of a failure say about who failed. */
export type Identification =
  | { readonly kind: 'known'; readonly who: Identifier }
  /** A host name that has to be looked up first. */
  | { readonly kind: 'lookup'; readonly name: string }
  /** Nobody is named (yet). */
  | { readonly kind: 'nobody' }
  /** A host name that this jail does not look up (`usedns = no`): no failure. */
  | { readonly kind: 'refused'; readonly name: string };

/**
 * Chooses the identifier by fail2ban's order: `ip4`, else `ip6`, else `dns`, else `fid`. An address with a `fid` beside
 * it is kept for `<ip>`, the `fid` is what gets counted.
 */
export function identify(groups: Groups, usedns: UseDns): Identification {
  const fid = groups.get('fid');
  const address = text(groups.get('ip4')) ?? text(groups.get('ip6'));
  if (address !== undefined) {
    const cidr = text(groups.get('cidr'));
    const who = identifierOf(cidr === undefined ? address : `${address}/${cidr}`);
    if (fid === undefined || fid === '' || fid === address) return { kind: 'known', who };
    const key = fidIdentifier(fid, usedns);
    return { kind: 'known', who: { id: key.id, ip: who.ip, family: who.family } };
  }
  const name = text(groups.get('dns'));
  if (name !== undefined) {
    // A name that is an address after all (`::ffff:1.2.3.4` in a dns group) needs no lookup.
    const parsed = parseAddress(name);
    if (parsed !== undefined) return { kind: 'known', who: identifierOf(name) };
    if (usedns === 'no') return { kind: 'refused', name };
    if (usedns === 'raw') {
      const id = fid === undefined || fid === '' ? name : fidText(fid);
      return { kind: 'known', who: { id, ip: name, family: undefined } };
    }
    return { kind: 'lookup', name };
  }
  if (fid !== undefined && fid !== '') return { kind: 'known', who: fidIdentifier(fid, usedns) };
  return { kind: 'nobody' };
}

/** The identifier that a text stands for: an address in canonical form if it is one, else the text itself. */
export function identifierOf(written: string): Identifier {
  const address = parseAddress(written);
  if (address === undefined) return { id: written, ip: written, family: undefined };
  return { id: address.text, ip: address.text, family: address.family };
}

function fidIdentifier(fid: GroupValue, usedns: UseDns): Identifier {
  const written = fidText(fid);
  if (usedns === 'raw' || typeof fid !== 'string') return { id: written, ip: written, family: undefined };
  return identifierOf(written);
}

/** A tuple is shown the way fail2ban shows it: `('a', 'b')`, `None` for a part that is missing. */
function fidText(fid: GroupValue): string {
  if (typeof fid === 'string') return fid;
  const parts = fid.map((part) => (part === null ? 'None' : `'${part.replace(/[\\']/g, '\\$&')}'`));
  return `(${parts.join(', ')})`;
}

function text(value: GroupValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
