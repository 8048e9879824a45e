import type { EventEmitter } from 'node:events';
import type { Bytes, EpochMs } from '@f2b/config';
import type { Edges } from '../edges/edges.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Outlook } from '../jails/outlook.js';
import { identifierOf } from '../jails/who/identifier.js';
import type { Followed } from '../scanning/followed.js';
import { readsJournal } from '../sources/journal/jail-journal.js';
import type { LogTrouble } from '../sources/source.js';
import { Chronicle, type Remembered } from '../telling/chronicle.js';
import type { GuardEvents } from '../telling/events.js';
import type { JailFigures, SourceStatus } from '../telling/figures.js';
import { journalTroubleWords, troubleWords } from '../telling/of-logs.js';
import { Tally } from '../telling/tally.js';
import type { JailSet } from './jail-set.js';

/** A log with more than this ahead of it is being caught up with. */
const farBehind: Bytes = 1024 * 1024;

export interface ObserverParts {
  readonly jails: JailSet;
  readonly logs: Followed;
  readonly edges: Pick<Edges, 'files' | 'clock'>;
  readonly events: EventEmitter<GuardEvents>;
}

/** All that is known of one identifier. */
export interface Story {
  /** As the books spell it. */
  readonly id: string;
  readonly now: EpochMs;
  /** How it stands with each jail that runs. */
  readonly jails: readonly { readonly jail: string; readonly simulated: boolean; readonly outlook: Outlook }[];
  /** What befell it, oldest first, in all jails: of this process alone. */
  readonly remembered: Remembered;
}

/** Counts and remembers what the guard does, and answers whoever looks at it. Decides nothing. */
export class Observer {
  readonly tally: Tally;
  readonly #chronicle: Chronicle;
  readonly #parts: ObserverParts;

  constructor(parts: ObserverParts) {
    const now = () => parts.edges.clock.now();
    this.#parts = parts;
    this.tally = new Tally(parts.events, now);
    this.#chronicle = new Chronicle(parts.events, now);
  }

  story(id: string): Story {
    const now = this.#parts.edges.clock.now();
    const who = identifierOf(id);
    const jails = [...this.#parts.jails.running()].map((jail) => ({
      jail: jail.name,
      simulated: jail.settings.simulate,
      outlook: jail.judge.outlook(who.id, now),
    }));
    return { id: who.id, now, jails, remembered: this.#chronicle.of(who.id) };
  }

  jails(): readonly JailFigures[] {
    const { jails } = this.#parts;
    return jails.names.map((name) => {
      const rules = jails.get(name)?.judge.rules;
      const { maxretry, findtime, bantime } = rules ?? {};
      return { ...jails.status(name)!, tally: this.tally.jail(name), maxretry, findtime, bantime };
    });
  }

  sources(): readonly SourceStatus[] {
    const readers = new Map<string, { jails: string[]; trouble: LogTrouble | undefined; journal: boolean }>();
    for (const jail of this.#parts.jails.running()) {
      for (const [log, trouble] of jail.logs) {
        const known = readers.get(log);
        if (known === undefined) readers.set(log, { jails: [jail.name], trouble, journal: isJournal(jail) });
        else known.jails.push(jail.name);
      }
    }
    const places = new Map(this.#parts.logs.places().map((place) => [place.log, place]));
    return [...readers].map(([log, { jails, trouble, journal }]) => {
      const tally = this.tally.source(log);
      const place = places.get(log);
      const behind = place?.kind === 'file' ? this.#behind(log, place.offset) : undefined;
      const reads = tally.caughtUp && (behind ?? 0) <= farBehind ? 'following' : 'catching up';
      const stops = trouble?.kind === 'missing' ? 'waiting' : 'failing';
      const words = trouble && (journal ? journalTroubleWords(log, trouble) : troubleWords(log, trouble))[2];
      return { ...tally, log, jails, state: trouble === undefined ? reads : stops, why: words, behind };
    });
  }

  #behind(log: string, offset: Bytes): Bytes | undefined {
    try {
      return Math.max(0, this.#parts.edges.files.stat(log).size - offset);
    } catch {
      return undefined;
    }
  }
}

function isJournal({ settings }: GuardedJail): boolean {
  return readsJournal(settings);
}
