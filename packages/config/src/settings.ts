import type { Seconds } from './units.js';

/**
 * The typed settings on which the rest of f2b lives. `packages/config` reads a configuration tree into one `Settings`;
 * the command stream of `f2b -d` is a rendering of it, never the other way round.
 */

/** Where a value stands: absolute file name, line and column counted from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A value with the place that set it. `origin` is undefined where nothing in the tree set it (a built-in default). */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin | undefined;
}

/** One finding about a configuration tree: what is wrong, where, and what to do. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'hint';
  /** Stable code, `F2B_CONFIG_…`. */
  readonly code: string;
  /** One sentence: what is wrong. */
  readonly what: string;
  readonly origin: Origin | undefined;
  /** One sentence: what to do. */
  readonly advice: string;
  /** The jail that this concerns, if it is one jail's. */
  readonly jail: string | undefined;
}

/** `fail2ban.conf`, section `[Definition]`. */
export interface ServerSettings {
  /** Upper-cased name or a number; the old numeric levels 1 to 4 are translated (`3` is INFO). */
  readonly loglevel: Sourced<string>;
  /** The level as it stands in the file, which is what `-d` prints. */
  readonly loglevelWritten: string;
  /** `SYSLOG`, `STDOUT`, `STDERR`, `SYSOUT`, `SYSTEMD-JOURNAL` or a file name, options in brackets still attached. */
  readonly logtarget: Sourced<string>;
  readonly syslogsocket: Sourced<string>;
  readonly socket: Sourced<string>;
  readonly pidfile: Sourced<string>;
  /** `None` disables the store. */
  readonly dbfile: Sourced<string>;
  readonly dbpurgeage: Sourced<string>;
  readonly dbmaxmatches: Sourced<number> | undefined;
  readonly allowipv6: Sourced<string>;
  readonly threadStacksize: Sourced<number> | undefined;
}

/** One expression of a failregex or ignoreregex list: one non-empty line of the value. */
export interface RegexSetting {
  /** The expression after interpolation and tag substitution; `<HOST>`-like tags are still in it. */
  readonly source: string;
  readonly origin: Origin | undefined;
}

/** The options of a filter file that reach the server; a jail may set each of them itself. */
export const filterOptionNames = [
  'prefregex',
  'maxlines',
  'usedns',
  'ignoreregex',
  'failregex',
  'datepattern',
  'journalmatch',
] as const;
export type FilterOptionName = (typeof filterOptionNames)[number];

/** One filter option as `-d` prints it: the lines of a list, the matches of `journalmatch`, or one value. */
export type FilterStatement =
  | { readonly name: 'failregex' | 'ignoreregex'; readonly value: readonly string[] }
  | { readonly name: 'journalmatch'; readonly value: readonly (readonly string[])[] }
  | { readonly name: 'maxlines'; readonly value: number }
  | { readonly name: 'prefregex' | 'usedns' | 'datepattern'; readonly value: string };

/** What a jail matches with: its filter file, overlaid by the jail's own options. */
export interface FilterSettings {
  /** The options as they are sent to the server, one after the other; the fields below hold what they amount to. */
  readonly sent: readonly FilterStatement[];
  /** Name of the file in `filter.d`, without ending; undefined for a jail without filter. */
  readonly name: string | undefined;
  readonly prefregex: RegexSetting | undefined;
  readonly failregex: readonly RegexSetting[];
  readonly ignoreregex: readonly RegexSetting[];
  /** May hold several patterns, one per line. Undefined: the default templates. */
  readonly datepattern: Sourced<string> | undefined;
  readonly maxlines: Sourced<number> | undefined;
  readonly usedns: Sourced<string>;
  /** Each inner list is one `addjournalmatch`, words in order, `+` its own word. */
  readonly journalmatch: readonly (readonly string[])[];
  readonly logtimezone: Sourced<string> | undefined;
  readonly logencoding: Sourced<string> | undefined;
}

export interface LogPath {
  /** As written: may be a glob (`* ? [..]`). */
  readonly pattern: string;
  /** Files that the pattern named when the configuration was read. */
  readonly files: readonly string[];
  /** Directory part before any glob character: new files of this pattern can only appear below it. */
  readonly fixedDirectory: string;
  /** `tail`: start at the end of the file; `head`: from the beginning (the default). */
  readonly from: 'head' | 'tail';
  readonly origin: Origin | undefined;
}

/** Names of the commands an action file may define, in fail2ban's order. */
export const actionCommandNames = [
  'actionstart',
  'actionstart_on_demand',
  'actionstop',
  'actionflush',
  'actionreload',
  'actioncheck',
  'actionrepair',
  'actionrepair_on_unban',
  'actionban',
  'actionprolong',
  'actionreban',
  'actionunban',
  'norestored',
] as const;
export type ActionCommandName = (typeof actionCommandNames)[number];

export interface ActionSettings {
  /** `actname`: unique in the jail. */
  readonly name: string;
  /** Name of the file in `action.d` (or of a built-in action such as `offendingips`), without ending. */
  readonly file: string;
  /** Built-in actions have no file of commands; `packages/firewall` implements them natively. */
  readonly builtin: boolean;
  /** For a `NAME.py` action: absolute path of the module and its arguments; f2b reports that it cannot run it. */
  readonly python: { readonly path: string; readonly args: Readonly<Record<string, string>> } | undefined;
  /** The commands that are defined, in fail2ban's order; static `<tags>` already substituted, run-time tags still in. */
  readonly commands: ReadonlyMap<ActionCommandName, string | boolean>;
  /** The action's files have no `[Definition]`: fail2ban then sends every command as None. */
  readonly definitionMissing?: boolean;
  /**
   * Address families for which the commands run, by fail2ban's rule: one for all where no parameter has a `?family=` form,
   * else one each. `inet6` holds only as long as the server allows IPv6.
   */
  readonly families?: readonly ('inet4' | 'inet6')[];
  /** All parameters in fail2ban's order: bracket arguments, `name`, `actname`, `[Init]`; conditional ones (`x?family=inet6`) last. */
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly origin: Origin | undefined;
}

/** Growing ban times; expressions stay text until the judge's safe evaluator reads them. */
export interface BantimeIncrementSettings {
  readonly increment: Sourced<boolean> | undefined;
  readonly factor: Sourced<string> | undefined;
  readonly formula: Sourced<string> | undefined;
  readonly multipliers: Sourced<string> | undefined;
  readonly maxtime: Sourced<string> | undefined;
  readonly rndtime: Sourced<string> | undefined;
  readonly overalljails: Sourced<boolean> | undefined;
}

/** A duration as written and as understood. */
export interface DurationSetting {
  /** As written (`10m`), what `-d` prints. */
  readonly text: string;
  /** Negative: for ever. */
  readonly seconds: Seconds;
  readonly origin: Origin | undefined;
}

/** One enabled jail, completely resolved. */
export interface JailSettings {
  readonly name: string;
  readonly origin: Origin | undefined;
  /** As written, with options in brackets (`systemd[journalflags=1]`). */
  readonly backend: Sourced<string>;
  readonly filter: FilterSettings;
  readonly logpaths: readonly LogPath[];
  /** Undefined where nothing set it: the server's defaults then hold (maxretry 3, findtime and bantime 600 s). */
  readonly maxretry: Sourced<number> | undefined;
  readonly maxmatches: Sourced<number> | undefined;
  readonly findtime: DurationSetting | undefined;
  readonly bantime: DurationSetting | undefined;
  readonly bantimeIncrement: BantimeIncrementSettings;
  readonly ignoreself: Sourced<boolean> | undefined;
  readonly ignoreip: readonly string[];
  /** Where `ignoreip` is set; undefined: nothing set it (`-d` prints an empty list only where it is set). */
  readonly ignoreipOrigin: Origin | undefined;
  readonly ignorecommand: Sourced<string> | undefined;
  readonly ignorecache: Sourced<string> | undefined;
  readonly actions: readonly ActionSettings[];
  /** Whole-number options whose value was no number: the default holds, `-d` prints None as fail2ban does. */
  readonly unreadable: readonly string[];
}

/** An enabled jail that could not be resolved. */
export interface SkippedJail {
  readonly name: string;
  /** What fail2ban says, or would say, in its `config-error`. */
  readonly why: string;
  /** How many jails of `Settings.jails` come before it in the files. */
  readonly position: number;
  /** fail2ban would not leave out this jail but refuse the whole configuration. */
  readonly fatalForFail2ban: boolean;
}

/** f2b's own few settings, from `f2b.ini` beside the tree. */
export interface OwnSettings {
  /** Worker threads of the pool; undefined: as many as the machine has cores, at most 4. */
  readonly workers: number | undefined;
  /** Bytes a block holds at most. */
  readonly blockBytes: number;
  /** A line longer than this is skipped whole, counted and reported. */
  readonly maxLineBytes: number;
  /** `classic` is fail2ban's line format, `json` is one object a line. */
  readonly logformat: 'classic' | 'json';
}

/** A whole configuration tree, read and resolved. */
export interface Settings {
  /** The directory that was read, as it was named, without a slash at its end. */
  readonly directory: string;
  readonly server: ServerSettings;
  /** Enabled jails that resolved, in order of first appearance. A broken jail is left out and named in `findings`. */
  readonly jails: readonly JailSettings[];
  readonly skipped: readonly SkippedJail[];
  readonly own: OwnSettings;
  readonly findings: readonly Finding[];
}
