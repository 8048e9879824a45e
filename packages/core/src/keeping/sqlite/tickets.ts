import { roundHalfEven } from '@f2b/config';
import type { Groups, GroupValue } from '@f2b/matcher';
import { parseHost } from '@f2b/matcher';
import type { Ban } from '../../jails/book/bans.js';
import { type Identifier, identifierOf } from '../../jails/who/identifier.js';
import type { KeptBan } from '../store.js';

/** Characters of one line that are kept: whoever writes into a log shall not fill the disk with it. */
const maxLine = 2048;

/** A row of fail2ban's `bips`. */
export interface BanRow {
  readonly ip: string;
  readonly timeofban: number;
  readonly bantime: number;
  readonly bancount: number;
  /** Bytes as fail2ban writes them since 0.10, text before that. */
  readonly data: Buffer | string | null;
}

export function keptMatches(matches: readonly string[], most: number): readonly string[] {
  return most <= 0 ? [] : matches.slice(-most).map((line) => (line.length > maxLine ? line.slice(0, maxLine) : line));
}

export function groupsToJson(groups: Groups): Record<string, GroupValue> {
  const json: Record<string, GroupValue> = Object.create(null);
  for (const [name, value] of groups) if (name !== 'matches' && name !== 'failures') json[name] = value;
  return json;
}

/** fail2ban's `data` of a ban: JSON as bytes. */
export function ticketData({ matches, failures, data }: Readonly<Ban>, maxMatches: number): Buffer {
  const kept = maxMatches > 0 ? { matches: keptMatches(matches, maxMatches) } : {};
  return Buffer.from(JSON.stringify({ ...kept, failures, ...groupsToJson(data) }));
}

/** A ban begins in whole seconds, as in fail2ban: at the last failure. */
export function timeOfBan({ time }: Pick<Ban, 'time'>): number {
  return roundHalfEven(time / 1000);
}

export function bantimeOf({ bantime }: Pick<Ban, 'bantime'>): number {
  return bantime < 0 ? -1 : Math.round(bantime);
}

export function banOf(row: BanRow): KeptBan {
  const { ip, timeofban, bantime, bancount } = row;
  const { matches, failures, ...rest } = parsed(row.data);
  const data = new Map<string, GroupValue>();
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'string') data.set(name, value);
    else if (Array.isArray(value))
      data.set(
        name,
        value.map((part) => (part === null ? null : String(part))),
      );
  }
  return {
    who: whoOf(ip, data),
    time: timeofban * 1000,
    bantime,
    bancount,
    failures: typeof failures === 'number' ? failures : 0,
    matches: Array.isArray(matches) ? matches.map(lineOf) : [],
    data,
  };
}

/** The address of somebody who is banned under another name stands among the groups. */
export function whoOf(id: string, data: Groups): Identifier {
  const who = identifierOf(id);
  if (who.family !== undefined) return who;
  const ip = data.get('ip4') ?? data.get('ip6');
  const family = typeof ip === 'string' ? parseHost(ip)?.family : undefined;
  return family === undefined ? who : { id: who.id, ip: ip as string, family };
}

/** A line, or its parts before, in and behind the date. */
function lineOf(match: unknown): string {
  return Array.isArray(match) ? match.join('') : String(match);
}

function parsed(data: BanRow['data']): Record<string, unknown> {
  if (data === null) return {};
  try {
    const json: unknown = JSON.parse(data.toString());
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : {};
  } catch {
    // What led to the ban is lost; the ban holds.
    return {};
  }
}
