import type { EpochMs } from '@f2b/config';
import { Dns, FailureMaker, KnownNames, type Made, maxSessions, type Reading, resolveName, testRules } from '@f2b/core';
import type { CompiledFilter, Family, Groups, LineMatch, LineTuple } from '@f2b/matcher';
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
  readonly family: Family | undefined;
  /** NaN where neither the line nor one shortly before it says when. */
  readonly time: EpochMs;
  /** The groups of the failure, those of its session's earlier lines included. */
  readonly groups: Groups;
  /** All lines of the failure; none unless the judge was told to keep them. */
  readonly lines: readonly LineTuple[];
}

/** A match, its groups read. */
export interface ReadMatch {
  readonly match: LineMatch;
  readonly groups: Groups;
}

/** What fail2ban-regex says of a matching line. */
export type Verdict =
  | { readonly kind: 'failure'; readonly found: readonly Found[] }
  /** No failure by itself (`<F-NOFAIL>`): counted as ignored. */
  | { readonly kind: 'nofail'; readonly found: Found }
  /** A failure of a session that does not name anybody yet: counted as matched. */
  | { readonly kind: 'pending'; readonly found: Found }
  /** It names nobody, or a host that does not resolve or is not to be looked up: counted as missed. */
  | { readonly kind: 'nobody'; readonly read: ReadMatch };

/** Says of one matching line after the other what the maker of failures makes of it, by the rules of a test. */
export class Verdicts {
  readonly #maker: FailureMaker<LineTuple>;
  readonly #reading: Reading;
  /** Undefined where no name is to be looked up. */
  readonly #names: KnownNames | undefined;

  /**
   * @param keepsLines whether a failure is to name all lines of its session
   * @param mostSessions sessions that are remembered; more are only forgotten when `forget` is told to
   */
  constructor({ usedns }: CompiledFilter, now: EpochMs, keepsLines: boolean, mostSessions = maxSessions) {
    this.#maker = new FailureMaker(testRules({ usedns, keepsLines, mostSessions }));
    this.#reading = { now, inOperation: false };
    const looks = usedns === 'yes' || usedns === 'warn';
    this.#names = looks ? new KnownNames(new Dns(resolveName)) : undefined;
  }

  /** Matches with their groups read once, and the host names that they need looked up: what `of` takes. */
  async prepare(matches: readonly LineMatch[]): Promise<readonly ReadMatch[]> {
    const read = matches.map((match) => ({ match, groups: match.groups }));
    if (this.#names === undefined) return read;
    const names: string[] = [];
    for (const { groups } of read) {
      if (!groups.has('dns')) continue;
      const who = this.#maker.identify(groups);
      if (who.kind === 'lookup') names.push(who.name);
    }
    if (names.length > 0) await this.#names.learn(names, this.#reading.now);
    return read;
  }

  /** Takes in the groups of a match that begins its session and is a failure by itself. */
  begin(mlfid: string, groups: Groups): void {
    this.#maker.sessions.begin(mlfid, groups, this.#reading.now);
  }

  knows(mlfid: string): boolean {
    return this.#maker.sessions.has(mlfid, this.#reading.now);
  }

  forget(mlfid: string): void {
    this.#maker.sessions.forget(mlfid);
  }

  /** The verdict on one match; matches come in the order of the log. */
  of(read: ReadMatch): Verdict {
    const made = this.#maker.line(read.match, read.groups, this.#reading);
    if (made.kind === 'failure' && !isNofail(read.groups)) return this.#verdict(read, made);
    const [found] = this.#found(read, { ...made, who: this.#maker.identify(read.groups) });
    return { kind: 'nofail', found: found ?? pendingOf(read, made) };
  }

  /** Of a further failregex that matches the line. */
  ofOther(read: ReadMatch): Verdict {
    return this.#verdict(read, this.#maker.look(read.match, read.groups, this.#reading));
  }

  #verdict(read: ReadMatch, made: Made<LineTuple>): Verdict {
    const found = this.#found(read, made);
    if (found.length > 0) return { kind: 'failure', found };
    const isPending = made.who.kind === 'nobody' && read.groups.has('mlfid');
    return isPending ? { kind: 'pending', found: pendingOf(read, made) } : { kind: 'nobody', read };
  }

  #found(read: ReadMatch, made: Made<LineTuple>): readonly Found[] {
    const { who, groups } = made;
    switch (who.kind) {
      case 'known': {
        const { id, ip, family } = who.who;
        const fid = groups.get('fid');
        const parts = typeof fid === 'object' && tupleText(fid) === id ? fid : undefined;
        return [foundOf(read, made, id, parts, ip, family)];
      }
      case 'refused':
        if (who.text === '' || groups.has('dns')) return [];
        // It looks like an address to the expression: shown, as fail2ban shows it, though nobody can be banned by it.
        return [foundOf(read, made, who.text, undefined, who.text, undefined)];
      case 'lookup':
        return (this.#names?.addresses(who.name) ?? []).map((address) =>
          foundOf(read, made, address, undefined, address, address.includes(':') ? 'inet6' : 'inet4'),
        );
      default:
        return [];
    }
  }
}

/** What has no session says for itself whether it is a failure. */
function isNofail(groups: Groups): boolean {
  return !groups.has('mlfid') && (groups.get('nofail') ?? '') !== '';
}

/** One literal for all: objects of one shape. */
function foundOf(
  { match, groups: own }: ReadMatch,
  { time, groups, lines }: Made<LineTuple>,
  id: string | undefined,
  parts: Found['parts'],
  ip: string | undefined,
  family: Found['family'],
): Found {
  return { regex: match.regex, match, own, id, parts, ip, family, time, groups, lines };
}

function pendingOf(read: ReadMatch, made: Made<LineTuple>): Found {
  return foundOf(read, made, undefined, undefined, undefined, undefined);
}
