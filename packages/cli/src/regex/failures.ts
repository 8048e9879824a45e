import type { EpochMs } from '@f2b/config';
import { Dns, type Identification, identify, Sessions } from '@f2b/core';
import type { CompiledFilter, Groups, LineMatch, LineTuple } from '@f2b/matcher';
import { tupleText } from '@f2b/matcher';

/** One failure, or a line that a session takes for none. */
export interface Found {
  /** Index of the failregex. */
  readonly regex: number;
  readonly match: LineMatch;
  /** Undefined for a line whose session does not name anybody yet. */
  readonly id: string | undefined;
  /** The parts of an identifier that is a tuple. */
  readonly parts: readonly (string | null)[] | undefined;
  readonly ip: string | undefined;
  readonly family: 'inet4' | 'inet6' | undefined;
  /** NaN where neither the line nor one shortly before it says when. */
  readonly time: EpochMs;
  readonly groups: Groups;
  /** All lines of the failure. */
  readonly lines: readonly LineTuple[];
}

/** What becomes of a matching line. */
export type Verdict =
  | { readonly kind: 'failure'; readonly found: readonly Found[] }
  /** No failure by itself (`<F-NOFAIL>`), or nobody named yet: counted as ignored. */
  | { readonly kind: 'nofail'; readonly found: Found }
  /** It names a host that does not resolve or is not to be looked up: counted as missed. */
  | { readonly kind: 'nobody'; readonly match: LineMatch };

/** A line without a date takes that of the line before it, unless it is older than this. */
const recent = 60_000;

/** Makes failures of matching lines, one after the other, as the guard does: sessions, identifiers, times, names looked up. */
export class FailureFinder {
  readonly now: EpochMs;
  readonly #filter: CompiledFilter;
  readonly #sessions = new Sessions();
  #dns: Dns | undefined;
  readonly #looks: boolean;

  constructor(filter: CompiledFilter, now: EpochMs) {
    this.#filter = filter;
    this.now = now;
    this.#looks = filter.usedns === 'yes' || filter.usedns === 'warn';
  }

  /** Looks up the host names that these lines need; call it before `judge`. */
  async prepare(matches: readonly LineMatch[]): Promise<void> {
    if (!this.#looks) return;
    const names = new Set<string>();
    for (const match of matches) {
      if (!match.groups.has('dns')) continue;
      const who = identify(match.groups, this.#filter.usedns);
      if (who.kind === 'lookup') names.add(who.name);
    }
    if (names.size > 0) await this.#lookUp([...names]);
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

  /** Judges one match; matches come in the order of the log. */
  judge(match: LineMatch): Verdict {
    const { groups } = match;
    const mlfid = groups.get('mlfid');
    const time = this.timeOf(match);
    const tuples = match.lines ?? [this.#kept(match, time)];
    if (mlfid === undefined) return this.#verdict(match, groups, time, tuples, identify(groups, this.#filter.usedns));
    const line = tuples.map((tuple) => tuple.join('\0')).join('\x01');
    const session = this.#sessions.line(String(mlfid), groups, line, this.now);
    if (session === undefined) {
      const [found] = this.#found(match, groups, time, tuples, identify(groups, this.#filter.usedns));
      return { kind: 'nofail', found: found ?? pendingOf(match, groups, time, tuples) };
    }
    const who = identify(session.groups, this.#filter.usedns);
    const lines = session.matches.flatMap((one) => one.split('\x01').map(tupleOf));
    if (who.kind === 'nobody') session.postpone();
    return this.#verdict(match, session.groups, time, lines, who);
  }

  /** What a further failregex made of a line that is judged already: it counts, but changes no session. */
  look(match: LineMatch): Verdict {
    const { groups } = match;
    const time = this.timeOf(match);
    return this.#verdict(match, groups, time, [match.tuple], identify(groups, this.#filter.usedns));
  }

  /** The line as it is kept: a reused date stands in front of it. */
  #kept(match: LineMatch, time: EpochMs): LineTuple {
    if (match.date === 'own' || match.preceding === undefined || time !== match.preceding.time) return match.tuple;
    return ['', match.preceding.text, match.tuple.join('')];
  }

  #verdict(match: LineMatch, groups: Groups, time: EpochMs, lines: readonly LineTuple[], who: Identification): Verdict {
    const found = this.#found(match, groups, time, lines, who);
    if (found.length > 0) return { kind: 'failure', found };
    if (who.kind === 'nobody') return { kind: 'nofail', found: pendingOf(match, groups, time, lines) };
    return { kind: 'nobody', match };
  }

  #found(
    match: LineMatch,
    groups: Groups,
    time: EpochMs,
    lines: readonly LineTuple[],
    who: Identification,
  ): readonly Found[] {
    const { regex } = match;
    const common = { regex, match, time, groups, lines };
    switch (who.kind) {
      case 'known': {
        const fid = groups.get('fid');
        const parts = typeof fid === 'object' && tupleText(fid) === who.who.id ? fid : undefined;
        return [{ ...common, id: who.who.id, parts, ip: who.who.ip, family: familyOf(who.who.family) }];
      }
      case 'refused':
        if (who.text === '' || groups.has('dns')) return [];
        // It looks like an address to the expression: shown, as fail2ban shows it, though nobody can be banned by it.
        return [{ ...common, id: who.text, parts: undefined, ip: who.text, family: undefined }];
      case 'lookup':
        return (this.#addresses.get(who.name) ?? []).map((address) => ({
          ...common,
          id: address,
          parts: undefined,
          ip: address,
          family: address.includes(':') ? ('inet6' as const) : ('inet4' as const),
        }));
      default:
        return [];
    }
  }
}

function familyOf(family: unknown): Found['family'] {
  if (family === undefined) return undefined;
  return /6/.test(String(family)) ? 'inet6' : 'inet4';
}

function pendingOf(match: LineMatch, groups: Groups, time: EpochMs, lines: readonly LineTuple[]): Found {
  return {
    regex: match.regex,
    match,
    id: undefined,
    parts: undefined,
    ip: undefined,
    family: undefined,
    time,
    groups,
    lines,
  };
}

function tupleOf(text: string): LineTuple {
  const [before = '', date = '', ...after] = text.split('\0');
  return [before, date, after.join('\0')];
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
