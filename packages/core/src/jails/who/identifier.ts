import { chooseIdentifier, type Family, type Groups, parseAddress, parseHost, type Usedns } from '@f2b/matcher';

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
  /** Nobody is named (yet): a later line of the session may. */
  | { readonly kind: 'nobody' }
  /**
   * Nobody can be banned by it: a host name that the jail does not look up, or text such as `1.2.3.400` that an address tag let
   * pass. fail2ban bans such text, and its firewall commands fail on it.
   */
  | { readonly kind: 'refused'; readonly text: string };

/** Chooses by fail2ban's order among the captured groups, and says what can be counted of it. */
export function identify(groups: Groups, usedns: Usedns): Identification {
  const { identifier, ip } = chooseIdentifier(groups, usedns);
  switch (identifier.kind) {
    case 'address':
      return { kind: 'known', who: known(identifier.text, ip, identifier.address.family) };
    case 'text':
      return identifier.valid
        ? { kind: 'known', who: known(identifier.text, ip, undefined) }
        : { kind: 'refused', text: identifier.text };
    case 'tuple':
      return { kind: 'known', who: known(identifier.text, ip, undefined) };
    case 'dns':
      return { kind: 'lookup', name: identifier.name };
    case 'none':
      return identifier.pending ? { kind: 'nobody' } : { kind: 'refused', text: String(groups.get('dns') ?? '') };
  }
}

/** The identifier that a text stands for: an address in canonical form if it is one, else the text itself. */
export function identifierOf(written: string): Identifier {
  const address = parseAddress(written);
  return known(address?.text ?? written, undefined, address?.family);
}

function known(id: string, ip: string | undefined, family: Family | undefined): Identifier {
  return ip === undefined ? { id, ip: id, family } : { id, ip, family: parseHost(ip)?.family };
}
