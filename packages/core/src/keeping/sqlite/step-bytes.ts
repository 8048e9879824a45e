import type { Bytes } from '@f2b/config';
import type { Groups, GroupValue } from '@f2b/matcher';
import type { Ban } from '../../jails/book/bans.js';
import { TextBytes } from '../../jails/book/text-bytes.js';
import { many, readValue, writeValue } from '../../jails/book/value-bytes.js';
import type { Identifier } from '../../jails/who/identifier.js';
import type { BanChange, KeptFailure, KeptPlace, Step } from '../store.js';
import { keptMatches } from './tickets.js';

const kinds = [
  'made',
  'restored',
  'prolonged',
  'ended',
  'lifted',
  'spent',
] as const satisfies readonly BanChange['kind'][];
const families = [undefined, 'inet4', 'inet6'] as const satisfies readonly Identifier['family'][];

const firstSize: Bytes = 64 * 1024;
const mostSpare = 4;
const largestSpare: Bytes = 1024 * 1024;

/** A step as bytes, to be handed to another thread: a tenth of what it costs to have its objects copied. */
export class StepWriter {
  readonly #bytes = new TextBytes();
  readonly #known = new Map<string, number>();
  readonly #spare: ArrayBuffer[] = [];
  /** Lines that are kept of each failure, the latest. */
  maxMatches: number;

  constructor(maxMatches: number) {
    this.maxMatches = maxMatches;
  }

  /** @param bancount how often the one who is banned has been banned, for the book */
  write({ failures, bans, places }: Step, bancount: (jail: string, ban: Readonly<Ban>) => number): Uint8Array {
    const bytes = this.#bytes;
    bytes.bytes = Buffer.from(this.#spare.pop() ?? new ArrayBuffer(firstSize));
    bytes.at = 0;
    this.#known.clear();
    bytes.writeNumber(failures.length);
    for (const failure of failures) this.#failure(failure);
    bytes.writeNumber(bans.length);
    for (const change of bans) this.#ban(change, bancount);
    bytes.writeText(JSON.stringify(places));
    return bytes.bytes.subarray(0, bytes.at);
  }

  /** Bytes of a step that has been read: the next one is written there. What a thread is given it would collect late. */
  giveBack(bytes: ArrayBuffer): void {
    if (this.#spare.length < mostSpare && bytes.byteLength <= largestSpare) this.#spare.push(bytes);
  }

  #failure({ jail, who, time, weight, matches, data, origin }: KeptFailure): void {
    const bytes = this.#bytes;
    this.#once(jail);
    this.#who(who);
    bytes.writeDouble(time);
    bytes.writeDouble(weight);
    this.#lines(matches);
    this.#groups(data);
    this.#once(origin?.log ?? '');
    if (origin !== undefined) bytes.writeNumber(origin.offset);
  }

  #ban(change: BanChange, bancount: (jail: string, ban: Readonly<Ban>) => number): void {
    const bytes = this.#bytes;
    bytes.writeNumber(kinds.indexOf(change.kind));
    this.#once(change.jail);
    if (!('ban' in change)) {
      bytes.writeText(change.id);
      return;
    }
    const { ban } = change;
    this.#who(ban.who);
    for (const value of [ban.time, ban.since, ban.bantime, bancount(change.jail, ban), ban.failures]) {
      bytes.writeDouble(value);
    }
    this.#lines(ban.matches);
    this.#groups(ban.data);
  }

  #who({ id, ip, family }: Identifier): void {
    this.#bytes.writeText(id);
    this.#bytes.writeText(ip === id ? '' : ip);
    this.#bytes.writeNumber(families.indexOf(family));
  }

  #lines(lines: readonly string[]): void {
    const kept = keptMatches(lines, this.maxMatches);
    this.#bytes.writeNumber(kept.length);
    for (const line of kept) this.#bytes.writeText(line);
  }

  #groups(groups: Groups): void {
    this.#bytes.writeNumber(groups.size);
    for (const [name, value] of groups) {
      this.#once(name);
      writeValue(this.#bytes, value);
    }
  }

  /** A text that comes again and again is written the first time. */
  #once(text: string): void {
    const known = this.#known.get(text);
    this.#bytes.writeNumber(known ?? 0);
    if (known !== undefined) return;
    this.#bytes.writeText(text);
    this.#known.set(text, this.#known.size + 1);
  }
}

/** Reads what a `StepWriter` has written. */
export function readStep(written: Uint8Array): Step {
  const bytes = new TextBytes();
  bytes.bytes = Buffer.from(written.buffer, written.byteOffset, written.byteLength);
  const known: string[] = [];
  const once = (): string => {
    const at = bytes.readNumber();
    if (at > 0) return known[at - 1]!;
    const text = bytes.readText();
    known.push(text);
    return text;
  };
  const who = (): Identifier => {
    const id = bytes.readText();
    const ip = bytes.readText();
    return { id, ip: ip === '' ? id : ip, family: families[bytes.readNumber()] };
  };
  const lines = () => many(bytes.readNumber(), () => bytes.readText());
  const groups = (): Groups => {
    const all = new Map<string, GroupValue>();
    for (let left = bytes.readNumber(); left > 0; left--) all.set(once(), readValue(bytes));
    return all;
  };
  const failure = (): KeptFailure => {
    const jail = once();
    const rest = { who: who(), time: bytes.readDouble(), weight: bytes.readDouble(), matches: lines(), data: groups() };
    const log = once();
    return { jail, ...rest, origin: log === '' ? undefined : { log, offset: bytes.readNumber() } };
  };
  const ban = (kind: BanChange['kind']): Ban => ({
    who: who(),
    time: bytes.readDouble(),
    since: bytes.readDouble(),
    bantime: bytes.readDouble(),
    bancount: bytes.readDouble(),
    failures: bytes.readDouble(),
    matches: lines(),
    data: groups(),
    restored: kind === 'restored',
  });
  const change = (): BanChange => {
    const kind = kinds[bytes.readNumber()]!;
    const jail = once();
    if (kind === 'ended' || kind === 'lifted' || kind === 'spent') return { kind, jail, id: bytes.readText() };
    return { kind, jail, ban: ban(kind) };
  };
  const failures = many(bytes.readNumber(), failure);
  const bans = many(bytes.readNumber(), change);
  return { failures, bans, places: JSON.parse(bytes.readText()) as KeptPlace[] };
}
