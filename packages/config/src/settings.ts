import type { Milliseconds, Seconds } from './units.js';

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

/** What a jail matches with: its filter file, overlaid by the jail's own options. */
export interface FilterSettings {
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

/** A `logpath` that is no file but what the process is given on its standard input. */
export const standardInput = '-';

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
  /** All parameters in fail2ban's order: bracket arguments, `name`, `actname`, `[Init]`; conditional ones (`x?family=inet6`) last. */
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly origin: Origin | undefined;
}

/** A formula in Python's syntax, read: nothing but arithmetic can be said in it. */
export interface FormulaSetting {
  readonly text: string;
  /** @returns NaN or an infinity where the arithmetic runs off; never throws */
  evaluate(variables: ReadonlyMap<'ban.Time' | 'ban.Count' | 'banFactor', number>): number;
}

/** Growing ban times (`bantime.increment = true`), everything in them read and good. */
export interface GrowthSettings {
  readonly factor: number;
  /** By the number of earlier bans, the last for all that follow; they take the place of the formula. Empty: none. */
  readonly multipliers: readonly number[];
  /** Undefined: the ban time doubles. */
  readonly formula: FormulaSetting | undefined;
  readonly maxtime: Seconds | undefined;
  readonly rndtime: Seconds | undefined;
  readonly overalljails: boolean;
}

/** `ignorecache`: for whom and for how long an answer of the ignore rules is kept. */
export interface IgnoreCacheSetting {
  /** Key with tags: `<ip>`, `<fid>`, `<F-USER>` and other captured groups. */
  readonly key: string;
  readonly maxCount: number;
  readonly maxTime: Milliseconds;
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
  /** Undefined: ban times do not grow, or what is said of it is a mistake (a finding then names it). */
  readonly growth: GrowthSettings | undefined;
  /** What is written of `bantime.*`, by its full name, as fail2ban's client is answered; where nothing is, it may be missing. */
  readonly growthWritten?: ReadonlyMap<string, string | boolean>;
  readonly ignoreself: Sourced<boolean> | undefined;
  /** Addresses, networks, host names, `file:PATH`. What is none of them is left out (a finding names it). */
  readonly ignoreip: readonly string[];
  readonly ignorecommand: Sourced<string> | undefined;
  readonly ignorecache: IgnoreCacheSetting | undefined;
  readonly actions: readonly ActionSettings[];
  /** `simulate`, f2b's own: the jail judges and counts, and nothing that it decides is carried out. */
  readonly simulate: boolean;
}

/** An enabled jail that could not be resolved. */
export interface SkippedJail {
  readonly name: string;
  /** What fail2ban says, or would say, in its `config-error`. */
  readonly why: string;
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
  /** Where Prometheus' metrics are served; undefined: nowhere. */
  readonly metrics: MetricsPlace | undefined;
  /** Name of the daemon's process, where the command line says none: what `pgrep -f` finds. */
  readonly pname?: string;
}

/** A socket in the file system, or an address of this host; `exposed`: not a loopback address, and somebody has said so. */
export type MetricsPlace =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'address'; readonly host: string; readonly port: number; readonly exposed: boolean };

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
