import type { Figures } from '@f2b/core';
import { ok, type Reply, type ReplyValue } from '../reply.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** Bans that are not enforced, named one by one; all are counted. */
const mostUnmet = 100;
/** Of the banned of a jail that is asked for by name. */
const mostBanned = 100_000;

/** What `f2b status` and `f2b top` show: a part of the guard's figures, and what the daemon itself knows. */
export interface Overview extends Pick<Figures, 'health' | 'queues' | 'sources' | 'newest' | 'storeTrouble'> {
  readonly version: string;
  readonly ready: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Nothing is done to the firewall. */
  readonly dryRun: boolean;
  readonly jails: readonly (Omit<Figures['jails'][number], 'banned' | 'unenforced' | 'journalmatches'> & {
    readonly unenforced: number;
  })[];
  /** Jails that the configuration wants and that do not run. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
  readonly unmet: { readonly count: number; readonly first: Figures['unmet'] };
  /** Of the jail that was asked for. */
  readonly banned?: readonly string[];
}

/** `overview [JAIL]`: one object; fail2ban has no such thing. */
export function overview(daemon: ControlledDaemon, words: Words): Reply {
  const [jail] = words.from(0);
  const figures = daemon.guard?.figures();
  const { health, queues, sources = [], newest = [], storeTrouble, jails = [], unmet = [] } = figures ?? {};
  const shown = jails.filter(({ name }) => jail === undefined || name === jail);
  const value = {
    version: daemon.version,
    ready: daemon.isReady(),
    now: Date.now(),
    dryRun: daemon.isDryRun(),
    health,
    queues,
    storeTrouble,
    newest: newest.filter((one) => jail === undefined || one.jail === jail),
    sources: sources.filter((one) => jail === undefined || one.jails.includes(jail)),
    jails: shown.map(({ banned: _, unenforced, journalmatches: __, ...one }) => ({
      ...one,
      unenforced: unenforced.length,
    })),
    skipped: daemon.skippedJails(),
    unmet: {
      count: unmet.length,
      first: unmet.filter((one) => jail === undefined || one.jail === jail).slice(0, mostUnmet),
    },
    ...(jail === undefined ? {} : { banned: shown[0]?.banned.slice(0, mostBanned) ?? [] }),
  };
  return ok(inJson(value));
}

/** As JSON has it: what never ends is null, what is undefined is not there. */
export function inJson(value: object): ReplyValue {
  return JSON.parse(JSON.stringify(value)) as ReplyValue;
}
