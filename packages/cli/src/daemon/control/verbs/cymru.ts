import { Resolver } from 'node:dns/promises';
import type { Milliseconds } from '@f2b/config';
import { parseAddress } from '@f2b/matcher';

/** Where banned addresses are from: autonomous system, country, registry, each once, in the order of the addresses. */
export interface Origins {
  readonly asns: readonly string[];
  readonly countries: readonly string[];
  readonly registries: readonly string[];
}

const patience: Milliseconds = 2000;
/** Whoever asks waits for the answer: no more addresses are asked for than a name server answers meanwhile. */
const mostAddresses = 256;
const atOnce = 32;
/** fail2ban's word where the names cannot be asked for. */
const failed: Origins = { asns: ['error'], countries: ['error'], registries: ['error'] };

/** Asks Team Cymru's DNS. Addresses without an answer are passed over; where none can be asked for, each list says `error`. */
export async function originsOf(banned: readonly string[]): Promise<Origins> {
  const names = banned.flatMap((id) => nameOf(id) ?? []).slice(0, mostAddresses);
  const resolver = new Resolver({ timeout: patience, tries: 1 });
  const found: (readonly string[])[] = [];
  let answers = 0;
  for (let at = 0; at < names.length; at += atOnce) {
    const some = await Promise.all(names.slice(at, at + atOnce).map((name) => ask(resolver, name)));
    const heard = some.filter((answer) => answer !== undefined);
    answers += heard.length;
    found.push(...heard.flat().map((text) => text.split('|').map((part) => part.trim())));
    // A name server that answered none of so many is not there.
    if (heard.length === 0) break;
  }
  if (names.length > 0 && answers === 0) return failed;
  const column = (index: number) => [...new Set(found.flatMap((parts) => parts[index] || []))];
  return { asns: column(0), countries: column(2), registries: column(3) };
}

/** @returns no text for an address that nobody announces; undefined where nobody answers */
async function ask(resolver: Resolver, name: string): Promise<readonly string[] | undefined> {
  try {
    return (await resolver.resolveTxt(name)).map((chunks) => chunks.join(''));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : undefined;
  }
}

function nameOf(id: string): string | undefined {
  const address = parseAddress(id);
  if (address === undefined) return undefined;
  if (address.family === 'inet4') return `${[...address.bytes].reverse().join('.')}.origin.asn.cymru.com`;
  const nibbles = [...Buffer.from(address.bytes).toString('hex')].reverse().join('.');
  return `${nibbles}.origin6.asn.cymru.com`;
}
