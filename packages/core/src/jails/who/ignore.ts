import type { EpochMs, Milliseconds } from '@f2b/config';
import { type Address, parseAddress } from '@f2b/matcher';
import type { Dns } from './dns.js';
import type { Identifier } from './identifier.js';
import { IgnoreFile, type ListReader } from './ignore-file.js';
import { PrefixSet } from './prefixes.js';

/** Why somebody is not counted, in the words of fail2ban's log: `ignoreself rule`, `ip`, `dns`, `file:/path`, `command`. */
export type IgnoredBy = string;

export interface IgnoreSettings {
  readonly ignoreself: boolean;
  /** Addresses, networks, host names, `file:PATH`. */
  readonly ignoreip: readonly string[];
}

/** What the list needs from outside; it reads no clock and asks no name server by itself. */
export interface IgnoreSources {
  /** Addresses of the host's interfaces, as text. */
  ownAddresses(): readonly string[];
  readonly lists: ListReader;
  readonly dns: Dns;
  /** Who is allowed by hand, before any rule; undefined: nobody. */
  allowed?(who: Identifier, now: EpochMs): IgnoredBy | undefined;
  problem(code: 'F2B_IGNORE_FILE' | 'F2B_DNS', what: string): void;
}

const ownAddressesAge: Milliseconds = 60_000;
/** Failures wait this long for the first answers to a list's host names, counted from when they were asked for. */
const patienceForNames: Milliseconds = 2000;
/**
 * A list's names are asked for again unless another list has just done so. Less than the time between two refreshes: an answer that came
 * a moment after the last one would otherwise hold over the next, and count for two.
 */
const justAsked: Milliseconds = 60_000;
/** Host names of one list that are asked for at once. */
const namesAtOnce = 16;

/** Who is never counted in a jail: own addresses, `ignoreip`. Answers at once, from what is known at that moment. */
export class IgnoreList {
  readonly #sources: IgnoreSources;
  readonly #ignoreself: boolean;
  readonly #entries: string[] = [];
  #singles = new Set<string>();
  #networks = new PrefixSet();
  #files: IgnoreFile[] = [];
  /** Host names and the addresses that they last resolved to; a failing name server leaves the last good answer. */
  #names = new Map<string, ReadonlySet<string>>();
  /** When the names were asked for the first time; undefined before that. */
  #askedAt: EpochMs | undefined;
  #answering: Promise<void> | undefined;
  #answered = false;
  #own = new Set<string>();
  #ownSince: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(settings: IgnoreSettings, sources: IgnoreSources) {
    this.#ignoreself = settings.ignoreself;
    this.#sources = sources;
    for (const entry of settings.ignoreip) this.add(entry);
  }

  /** The entries as written, in order. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Host names of the list, for whoever refreshes them. */
  get names(): readonly string[] {
    return [...this.#names.keys()];
  }

  add(entry: string): void {
    if (this.#entries.includes(entry)) return;
    this.#entries.push(entry);
    const path = /^file:(?:\/\/(?=\/))?(.+)$/.exec(entry)?.[1];
    if (path !== undefined) {
      this.#files.push(new IgnoreFile(path, this.#sources.lists));
      return;
    }
    const address = parseAddress(entry);
    if (address === undefined) this.#names.set(entry.toLowerCase(), new Set());
    else if (isWhole(address)) this.#singles.add(address.text);
    else this.#networks.add(address);
  }

  /** Resolves the list's host names again; unanswered ones keep their last addresses. */
  refreshNames(now: EpochMs): Promise<void> {
    this.#askedAt ??= now;
    this.#answering ??= this.#askNames(now).finally(() => {
      this.#answering = undefined;
      this.#answered = true;
    });
    return this.#answering;
  }

  /**
   * Whether host names have been asked for and none of the answers is old enough to go by yet: whoever is not ignored may be when they
   * come. Only so shortly after the first question; a name server that is silent does not hold up judging for longer.
   */
  awaitsNames(now: EpochMs): boolean {
    if (this.#answered || this.#names.size === 0 || this.#askedAt === undefined) return false;
    return Math.abs(now - this.#askedAt) < patienceForNames;
  }

  /** Resolves with the answers that `awaitsNames` speaks of. */
  namesAnswered(): Promise<void> {
    return this.#answering ?? Promise.resolve();
  }

  async #askNames(now: EpochMs): Promise<void> {
    const { names } = this;
    for (let at = 0; at < names.length; at += namesAtOnce) {
      await Promise.all(names.slice(at, at + namesAtOnce).map((name) => this.#askName(name, now)));
    }
  }

  async #askName(name: string, now: EpochMs): Promise<void> {
    const lookup = await this.#sources.dns.lookup(name, now, justAsked);
    if (lookup.kind === 'addresses') {
      this.#names.set(name, new Set(lookup.addresses.map((address) => parseAddress(address)?.text ?? address)));
      return;
    }
    const why = lookup.kind === 'busy' ? 'too many lookups at once' : lookup.why;
    const what = `cannot resolve '${name}' of ignoreip: ${why}. Its last known addresses stay ignored`;
    this.#sources.problem('F2B_DNS', what);
  }

  /** Whether somebody is allowed by hand, which no remembered answer of the rules may hold up. */
  allows(who: Identifier, now: EpochMs): IgnoredBy | undefined {
    return this.#sources.allowed?.(who, now);
  }

  /** By which rule somebody is ignored; undefined when by none. */
  check(who: Identifier, now: EpochMs): IgnoredBy | undefined {
    const allowed = this.allows(who, now);
    if (allowed !== undefined) return allowed;
    if (this.#ignoreself && this.#isOwn(who, now)) return 'ignoreself rule';
    if (this.#singles.has(who.id) || this.#singles.has(who.ip)) return 'ip';
    const address = this.#networks.size + this.#files.length > 0 ? parseAddress(who.ip) : undefined;
    if (address !== undefined && this.#networks.has(address)) return 'ip';
    for (const addresses of this.#names.values()) if (addresses.has(who.ip)) return 'dns';
    for (const file of this.#files) {
      if (file.has(who, address, now, (what) => this.#sources.problem('F2B_IGNORE_FILE', what)))
        return `file:${file.path}`;
    }
    return undefined;
  }

  #isOwn(who: Identifier, now: EpochMs): boolean {
    if (Math.abs(now - this.#ownSince) > ownAddressesAge) {
      this.#ownSince = now;
      this.#own = new Set(this.#sources.ownAddresses().map((text) => parseAddress(text.split('%')[0]!)?.text ?? text));
    }
    return this.#own.has(who.ip);
  }
}

function isWhole(address: Address): boolean {
  return address.prefix === address.bytes.length * 8;
}
