import type { EpochMs, Milliseconds } from '@f2b/config';
import ipaddr from 'ipaddr.js';
import type { Ticket } from '../orders.js';

/** Asks for the name of an address (PTR). May reject or never answer; the tag is then `None`. */
export type ReverseResolver = (address: string) => Promise<string | undefined>;

/** What a jail has counted, for the tags `jail.banned` and its like. */
export interface JailCounts {
  readonly banned: number;
  readonly bannedTotal: number;
  readonly found: number;
  readonly foundTotal: number;
}

/** Where nobody counts. */
export const noCounts: JailCounts = { banned: 0, bannedTotal: 0, found: 0, foundTotal: 0 };

/** What all jails remember of an address, for `ipmatches` and its like. */
export interface Remembered {
  readonly matches: readonly string[];
  readonly failures: number;
}

/** Whom the dynamic tags ask about what is not in the ticket. */
export interface TagSources {
  readonly reverse: ReverseResolver;
  readonly reverseTimeout: Milliseconds;
  readonly counts: (jail: string) => JailCounts;
  /** What the store holds of an address, in one jail or (`undefined`) in all; undefined where it holds nothing. */
  readonly remembered: (ip: string, jail: string | undefined) => Promise<Remembered | undefined>;
}

/** The ticket of commands that are about no ticket: `actionstart`, `actionstop`, `actionflush`, `actioncheck`. */
export function emptyTicket(time: EpochMs): Ticket {
  const none = { id: '', ip: '', family: undefined, bancount: 0, failures: 0, matches: [], data: {}, restored: false };
  return { ...none, time, bantime: 600 };
}

const plainTags: Readonly<Record<string, (ticket: Ticket, jail: string, sources: TagSources) => string>> = {
  ip: ({ ip }) => ip,
  family: ({ id, family }) => family ?? (id === '' ? '' : 'None'),
  fid: ({ id }) => id,
  'ip-rev': ({ ip }) => reversed(ip),
  failures: ({ failures }) => String(failures),
  time: (ticket) => seconds(ticket),
  bantime: ({ bantime }) => String(Math.trunc(bantime)),
  bancount: ({ bancount }) => String(bancount),
  matches: ({ matches }) => matches.join('\n'),
  restored: ({ restored }) => (restored ? '1' : '0'),
  'raw-ticket': (ticket) =>
    `BanTicket: ip=${ticket.id} time=${seconds(ticket)} bantime=${Math.trunc(ticket.bantime)} bancount=${ticket.bancount} #attempts=${ticket.failures} matches=${JSON.stringify(ticket.matches)}`,
  'jail.name': (_ticket, jail) => jail,
  'jail.banned': (_ticket, jail, { counts }) => String(counts(jail).banned),
  'jail.banned_total': (_ticket, jail, { counts }) => String(counts(jail).bannedTotal),
  'jail.found': (_ticket, jail, { counts }) => String(counts(jail).found),
  'jail.found_total': (_ticket, jail, { counts }) => String(counts(jail).foundTotal),
};

const askedTags: readonly string[] = ['ip-host', 'ipmatches', 'ipjailmatches', 'ipfailures', 'ipjailfailures'];
/** Tags whose values come from our own counting and never from a log line or a name server. */
const ourTags =
  /^(?:family|ip-rev|failures|time|bantime|bancount|restored|ipfailures|ipjailfailures|jail\.(?:banned|found)(?:_total)?)$/;
const groupTag = /^F-[A-Z0-9_-]+$/;

/** Whether a tag stands for something of the ticket; every other one stays in a script as it is written. */
export function isDynamicTag(tag: string): boolean {
  return Object.hasOwn(plainTags, tag) || askedTags.includes(tag) || groupTag.test(tag);
}

/** Whether nobody outside can choose the value of a tag. */
export function isOurs(tag: string): boolean {
  return ourTags.test(tag);
}

/**
 * The values of the dynamic tags that a script uses, and of no others: a name is looked up only for a script that asks
 * for it. A tag without an entry does not exist; a captured group (`<F-USER>`) that caught nothing is empty text.
 *
 * `family` stands in for the ticket's where the command is about no ticket.
 */
export async function dynamicValues(
  tags: readonly string[],
  subject: { readonly ticket: Ticket; readonly jail: string; readonly family: string | undefined },
  sources: TagSources,
): Promise<ReadonlyMap<string, string>> {
  const { ticket, jail } = subject;
  const values = new Map<string, string>();
  for (const tag of tags) {
    if (tag === 'family' && subject.family !== undefined) values.set(tag, subject.family);
    else if (Object.hasOwn(plainTags, tag)) values.set(tag, plainTags[tag]!(ticket, jail, sources));
    else if (tag === 'ip-host') values.set(tag, await nameOf(ticket.ip, sources));
    else if (tag === 'ipmatches' || tag === 'ipjailmatches') {
      const known = await rememberedOf(ticket.ip, tag === 'ipmatches' ? undefined : jail, sources);
      values.set(tag, (known?.matches ?? ticket.matches).join('\n'));
    } else if (tag === 'ipfailures' || tag === 'ipjailfailures') {
      const known = await rememberedOf(ticket.ip, tag === 'ipfailures' ? undefined : jail, sources);
      values.set(tag, String(known?.failures ?? ticket.failures));
    } else if (groupTag.test(tag)) values.set(tag, groupOf(ticket, tag.slice(2)));
  }
  return values;
}

/** A store that cannot answer must not cost the ban: the ticket then answers for itself. */
async function rememberedOf(
  ip: string,
  jail: string | undefined,
  sources: TagSources,
): Promise<Remembered | undefined> {
  try {
    return await sources.remembered(ip, jail);
  } catch {
    return undefined;
  }
}

/** `<F-USER>` is the captured group `user`; `<F-ID>`, `<F-PORT>` and `<F-MLFID>` are the groups with an `f` in front. */
function groupOf(ticket: Ticket, name: string): string {
  const group = name.toLowerCase();
  for (const key of [group, `f${group}`]) {
    if (!Object.hasOwn(ticket.data, key)) continue;
    const value = ticket.data[key]!;
    return typeof value === 'string' ? value : value.join('\n');
  }
  return '';
}

/** fail2ban's spelling of a time: seconds, with a fraction for a fresh ticket and without for a restored one. */
function seconds({ time, restored }: Ticket): string {
  const value = time / 1_000;
  if (restored) return String(Math.trunc(value));
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** The name under which the DNS keeps an address, without its zone: `9.2.0.192.`. */
function reversed(ip: string): string {
  if (!ipaddr.isValid(ip)) return '';
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return `${address.toByteArray().reverse().join('.')}.`;
  const digits = address.toByteArray().map((byte) => byte.toString(16).padStart(2, '0'));
  return `${[...digits.join('')].reverse().join('.')}.`;
}

async function nameOf(ip: string, sources: TagSources): Promise<string> {
  if (!ipaddr.isValid(ip)) return 'None';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), sources.reverseTimeout);
  });
  try {
    return (await Promise.race([sources.reverse(ip), late])) || 'None';
  } catch {
    return 'None';
  } finally {
    clearTimeout(timer);
  }
}
