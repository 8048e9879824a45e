import { changedParts, type JailSettings } from '@f2b/config';
import { type CompiledFilter, compileFilter, type Regex } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import { Book } from '../jails/book/book.js';
import type { Room } from '../jails/book/room.js';
import { type CarryOut, GuardedJail } from '../jails/guarded-jail.js';
import { Judge } from '../jails/judge.js';
import { ignoreSettings, type Rules, readRules } from '../jails/rules.js';
import type { Allowed } from '../jails/who/allowed.js';
import type { Dns } from '../jails/who/dns.js';
import { IgnoreList, type IgnoreSources } from '../jails/who/ignore.js';
import type { Store } from '../keeping/store.js';
import { entryLines } from '../sources/journal/entry.js';
import { jailJournal } from '../sources/journal/jail-journal.js';
import { jailStream } from '../sources/stream/jail-stream.js';

/** Expressions of a configuration several times as large as any that is known. */
const mostKnown = 10_000;

/** What jails share. */
export interface JailSurroundings {
  readonly edges: Edges;
  readonly dns: Dns;
  /** Who is allowed by hand. */
  readonly allowed?: Allowed;
  readonly store: Store;
  /** What their books hold together has one bound. */
  readonly room: Room;
  readonly carryOut: CarryOut;
  /** Something about a jail's ignore lists that a person should know. */
  problem(jail: string, ...said: Parameters<IgnoreSources['problem']>): void;
}

/** What settings come to before anything is done by them. */
export interface MadeReady {
  readonly settings: JailSettings;
  readonly rules: Rules;
  readonly filter: CompiledFilter;
}

/** Makes jails of settings. */
export class JailMaker {
  readonly #surroundings: JailSurroundings;
  /** Expressions that are compiled already: many jails hold the same ones. */
  readonly #known = new Map<string, Regex>();

  constructor(surroundings: JailSurroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * Reads and compiles a jail's settings.
   * @param running the jail, if it runs: what of it is as it was is not made anew, so what is known of names in its ignore list stays,
   *   and so do the scans of its logs
   * @throws the errors of the filter and of the settings, which say what is wrong and where: such a jail cannot run
   */
  ready(settings: JailSettings, running?: GuardedJail): MadeReady {
    const changed = running && changedParts(running.settings, settings);
    const ignore = changed?.includes('ignore') === false ? running!.judge.rules.ignore : this.#ignoreList(settings);
    const rules = readRules(settings, ignore);
    const sameFilter = changed?.includes('filter') === false && !changed.includes('logs');
    return { settings, rules, filter: sameFilter ? running!.filter : this.#filter(settings) };
  }

  #ignoreList(settings: JailSettings): IgnoreList {
    const { edges, dns, problem, allowed } = this.#surroundings;
    return new IgnoreList(ignoreSettings(settings), {
      ...(allowed && { allowed: (who, now) => allowed.check(settings.name, who, now) }),
      ownAddresses: () => edges.ownAddresses(),
      lists: edges.lists,
      dns,
      problem: (code, what) => problem(settings.name, code, what),
    });
  }

  #filter(settings: JailSettings): CompiledFilter {
    // Expressions that nobody uses any more are forgotten in the end, however often the configuration changes.
    if (this.#known.size > mostKnown) this.#known.clear();
    const ofJournal = jailJournal(settings) !== undefined;
    // Says what is wrong with a command.
    jailStream(settings);
    const thisYear = new Date(this.#surroundings.edges.clock.now()).getFullYear();
    const lines = ofJournal ? entryLines(settings.filter) : settings.filter;
    return compileFilter(lines, { known: this.#known, thisYear });
  }

  /** A jail with an empty book. */
  jail({ settings, rules, filter }: MadeReady): GuardedJail {
    const { edges, store, room, carryOut } = this.#surroundings;
    const judge = new Judge(rules, new Book(room), { history: store.history, random: () => edges.random() });
    return new GuardedJail(settings, judge, filter, carryOut);
  }
}
