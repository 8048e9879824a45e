import type { ActionSettings, JailSettings, Settings, SkippedJail } from './settings.js';

/** What `f2b -d` prints and nobody else needs: the tree as it is written, where the settings hold what it means. */
export interface Dump {
  /** As it stands in the file: `3` where the settings say INFO. */
  readonly loglevel: string;
  /** As it stands in the file, be it a time or not. */
  readonly dbpurgeage: string;
  /** All enabled jails, in order of first appearance. */
  readonly jails: readonly JailDump[];
}

/** Settings with what `-d` needs beside them. Whoever only runs the tree asks for `Settings`. */
export interface DumpableSettings extends Settings {
  readonly dump: Dump;
}

export type JailDump = RunnableJailDump | SkippedJailDump;

export interface RunnableJailDump {
  readonly kind: 'jail';
  readonly jail: JailSettings;
  /** Options of the jail as they were read, by name. Null: a number that is none. */
  readonly written: ReadonlyMap<string, string | number | bigint | boolean | null>;
  /** Every word of `ignoreip`; undefined: nothing sets it. */
  readonly ignoreip: readonly string[] | undefined;
  /** The filter's options as they are sent to the server, one after the other; later ones win, lists add up. */
  readonly filter: readonly FilterStatement[];
  /** Actions whose files have no `[Definition]`: fail2ban sends every command of theirs as None. */
  readonly bare: ReadonlySet<ActionSettings>;
}

export interface SkippedJailDump {
  readonly kind: 'skipped';
  readonly jail: SkippedJail;
  /** The text of its `config-error`. */
  readonly said: string;
}

/** One filter option as `-d` prints it: the lines of a list, the matches of `journalmatch`, or one value. */
export type FilterStatement =
  | { readonly name: 'failregex' | 'ignoreregex'; readonly value: readonly string[] }
  | { readonly name: 'journalmatch'; readonly value: readonly (readonly string[])[] }
  | { readonly name: 'maxlines'; readonly value: number }
  | { readonly name: 'prefregex' | 'usedns' | 'datepattern'; readonly value: string };
