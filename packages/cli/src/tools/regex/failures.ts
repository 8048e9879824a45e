import type { EpochMs } from '@f2b/config';
import { Dns, type Identification, identify, maxSessions, Sessions } from '@f2b/core';
import type { CompiledFilter, Groups, LineMatch, LineTuple } from '@f2b/matcher';
import { tupleText } from '@f2b/matcher';

/** One failure, or a line that a session takes for none. */
export interface Found {
  /** Index of the failregex. */
  readonly regex: number;
  readonly match: LineMatch;
  /** The groups of this line alone. */
  readonly own: Groups;
  /** Undefined for a line whose session does not name anybody yet. */
  readonly id: string | undefined;
  /** The parts of an identifier that is a tuple. */
  readonly parts: readonly (string | null)[] | undefined;
  readonly ip: string | undefined;
  readonly family: 'inet4' | 'inet6' | undefined;
  /** NaN where neither the line nor one shortly before it says when. */
  readonly time: EpochMs;
  /** The groups of the failure, those of its session's earlier lines included. */
  readonly groups: Groups;
  /** All lines of the failure; none unless the finder was told to keep them. */
  readonly lines: readonly LineTuple[];
}

/** A match, its groups read. */
export interface ReadMatch {
  readonly match: LineMatch;
  readonly groups: Groups;
}

/** What becomes of a matching line. */
export type Verdict =
  | { readonly kind: 'failure'; readonly found: readonly Found[] }
  /** No failure by itself (`<F-NOFAIL>`), or nobody named yet: counted as ignored. */
  | { readonly kind: 'nofail'; readonly found: Found }
  /** It names a host that does not resolve or is not to be looked up: counted as missed. */
  | { readonly kind: 'nobody'; readonly read: ReadMatch };

/** A line without a date takes that of the line before it, unless it is older than this. */
const recent = 60_000;

/** Makes failures of matching lines, one after the other, as the guard does: sessions, identifiers, times, names looked up. */
export class FailureFinder {
  readonly now: EpochMs;
  readonly #filter: CompiledFilter;
  readonly #sessions: Sessions;
  #dns: Dns | undefined;
  readonly #looks: boolean;
  readonly #keepsLines: boolean;

  /**
   * @param keepsLines whether a failure is to name all lines of its session
   * @param mostSessions sessions that are remembered; more are only forgotten when `forget` is told to
   */
  constructor(filter: CompiledFilter, now: EpochMs, keepsLines: boolean, mostSessions = maxSessions) {
    this.#sessions = new Sessions(mostSessions);
    this.#keepsLines = keepsLines;
    this.#filter = filter;
    this.now = now;
    this.#looks = filter.usedns === 'yes' || filter.usedns === 'warn';
  }

  /** Matches with their groups read once, and the host names that they need looked up: what `judge` takes. */
  async prepare(matches: readonly LineMatch[]): Promise<readonly ReadMatch[]> {
    const read = matches.map((match) => ({ match, groups: match.groups }));
    if (!this.#looks) return read;
    const names = new Set<string>();
    for (const { groups } of read) {
      if (!groups.has('dns')) continue;
      const who = identify(groups, this.#filter.usedns);
      if (who.kind === 'lookup' && !this.#addresses.has(who.name)) names.add(who.name);
    }
    if (names.size > 0) await this.#lookUp([...names]);
    return read;
  }

  async #lookUp(names: readonly string[]): Promise<void> {
    this.#dns ??= await newDns();
    const dns = this.#dns;
    for (let at = 0; at < names.length; at += 32) {
      const some = names.slice(at, at + 32);
      const answers = await Promise.all(some.map((name) => dns.lookup(name, this.now)));
      for (const [index, answer] of answers.entries()) {
        this.#addresses.set(some[index]!, answer.kind === 'addresses' ? answer.addresses : []);
      }
    }
    while (this.#addresses.size > 10_000) this.#addresses.delete(this.#addresses.keys().next().value!);
  }

  readonly #addresses = new Map<string, readonly string[]>();

  /** When the line happened. */
  timeOf({ time, date, preceding }: LineMatch): EpochMs {
    if (date === 'own') return time;
    if (preceding !== undefined && preceding.time > this.now - recent) return preceding.time;
    return date === 'empty' ? this.now : Number.NaN;
  }

  /** Takes in the groups of a match that begins its session and is a failure by itself. */
  begin(mlfid: string, groups: Groups): void {
    this.#sessions.begin(mlfid, groups, this.now);
  }

  knows(mlfid: string): boolean {
    return this.#sessions.has(mlfid, this.now);
  }

  forget(mlfid: string): void {
    this.#sessions.forget(mlfid);
  }

  /** Judges one match; matches come in the order of the log. */
  judge(read: ReadMatch): Verdict {
    const { match, groups } = read;
    const { usedns } = this.#filter;
    const mlfid = groups.get('mlfid');
    const time = this.timeOf(match);
    if (mlfid === undefined)
      return this.#verdict(read, groups, time, this.#linesOf(match, time), identify(groups, usedns));
    const own = this.#linesOf(match, time);
    const line = this.#keepsLines ? JSON.stringify(own) : '';
    const session = this.#sessions.line(String(mlfid), groups, line, this.now);
    if (session === undefined) {
      const [found] = this.#found(read, groups, time, own, identify(groups, usedns));
      return { kind: 'nofail', found: found ?? pendingOf(read, groups, time, own) };
    }
    const who = identify(session.groups, usedns);
    if (who.kind === 'nobody') session.postpone();
    const lines = this.#keepsLines ? session.matches.flatMap((one) => JSON.parse(one) as LineTuple[]) : own;
    return this.#verdict(read, session.groups, time, lines, who);
  }

  /** What a further failregex made of a line that is judged already: it counts, but changes no session. */
  look(read: ReadMatch): Verdict {
    const { match, groups } = read;
    return this.#verdict(read, groups, this.timeOf(match), noLines, identify(groups, this.#filter.usedns));
  }

  #linesOf(match: LineMatch, time: EpochMs): readonly LineTuple[] {
    return this.#keepsLines ? (match.lines ?? [this.#kept(match, time)]) : noLines;
  }

  /** The line as it is kept: a reused date stands in front of it. */
  #kept(match: LineMatch, time: EpochMs): LineTuple {
    if (match.date === 'own' || match.preceding === undefined || time !== match.preceding.time) return match.tuple;
    return ['', match.preceding.text, match.tuple.join('')];
  }

  #verdict(read: ReadMatch, groups: Groups, time: EpochMs, lines: readonly LineTuple[], who: Identification): Verdict {
    const found = this.#found(read, groups, time, lines, who);
    if (found.length > 0) return { kind: 'failure', found };
    if (who.kind === 'nobody') return { kind: 'nofail', found: pendingOf(read, groups, time, lines) };
    return { kind: 'nobody', read };
  }

  #found(
    read: ReadMatch,
    groups: Groups,
    time: EpochMs,
    lines: readonly LineTuple[],
    who: Identification,
  ): readonly Found[] {
    switch (who.kind) {
      case 'known': {
        const { id, ip, family } = who.who;
        const fid = groups.get('fid');
        const parts = typeof fid === 'object' && tupleText(fid) === id ? fid : undefined;
        return [foundOf(read, groups, time, lines, id, parts, ip, familyOf(family))];
      }
      case 'refused':
        if (who.text === '' || groups.has('dns')) return [];
        // It looks like an address to the expression: shown, as fail2ban shows it, though nobody can be banned by it.
        return [foundOf(read, groups, time, lines, who.text, undefined, who.text, undefined)];
      case 'lookup':
        return (this.#addresses.get(who.name) ?? []).map((address) =>
          foundOf(read, groups, time, lines, address, undefined, address, address.includes(':') ? 'inet6' : 'inet4'),
        );
      default:
        return [];
    }
  }
}

const noLines: readonly LineTuple[] = [];

/** One literal for all: objects of one shape. */
function foundOf(
  { match, groups: own }: ReadMatch,
  groups: Groups,
  time: EpochMs,
  lines: readonly LineTuple[],
  id: string | undefined,
  parts: Found['parts'],
  ip: string | undefined,
  family: Found['family'],
): Found {
  return { regex: match.regex, match, own, id, parts, ip, family, time, groups, lines };
}

function pendingOf(read: ReadMatch, groups: Groups, time: EpochMs, lines: readonly LineTuple[]): Found {
  return foundOf(read, groups, time, lines, undefined, undefined, undefined, undefined);
}

function familyOf(family: unknown): Found['family'] {
  if (family === undefined) return undefined;
  return /6/.test(String(family)) ? 'inet6' : 'inet4';
}

async function newDns(): Promise<Dns> {
  const { lookup } = await import('node:dns/promises');
  const { networkInterfaces } = await import('node:os');
  const speaksIpv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ family, internal }) => family === 'IPv6' && !internal),
  );
  return new Dns(async (name) =>
    (await lookup(name, { all: true })).flatMap(({ address, family }) =>
      family === 6 && !speaksIpv6 ? [] : [address],
    ),
  );
}
