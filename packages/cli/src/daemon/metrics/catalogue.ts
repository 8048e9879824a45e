import type { Figures } from '@f2b/core';

/** What metrics are made of at one moment. */
export interface Scrape {
  readonly version: string;
  readonly ready: boolean;
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** Undefined while the guard is being made. */
  readonly figures: Figures | undefined;
  readonly memory: { readonly rss: number };
  /** Microseconds. */
  readonly cpu: { readonly user: number; readonly system: number };
}

export type Labels = Readonly<Record<string, string>>;

/** One value of a metric; `suffix` is for the parts of a histogram. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

export interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  read(scrape: Scrape): readonly Sample[];
}

type Jail = Figures['jails'][number];
type Source = Figures['sources'][number];

const one = (value: number): readonly Sample[] => [{ value }];
const ofJails = (value: (jail: Jail) => number | undefined) => (scrape: Scrape) =>
  (scrape.figures?.jails ?? []).flatMap((jail) => {
    const found = value(jail);
    return found === undefined ? [] : [{ labels: { jail: jail.name }, value: found }];
  });
const ofSources = (value: (source: Source) => number | undefined) => (scrape: Scrape) =>
  (scrape.figures?.sources ?? []).flatMap((source) => {
    const found = value(source);
    return found === undefined ? [] : [{ labels: { source: source.log }, value: found }];
  });
const ofHealth = (value: (health: Figures['health']) => number) => (scrape: Scrape) =>
  scrape.figures === undefined ? [] : one(value(scrape.figures.health));

const sourceStates = ['waiting', 'failing', 'catching up', 'following'] as const;
const jailStates = ['starting', 'waiting', 'running', 'failed'] as const;

/** The names that dashboards for fail2ban read already. All are gauges but the errors. */
const known: readonly Metric[] = [
  {
    name: 'f2b_up',
    type: 'gauge',
    help: 'Whether the server runs and all its jails were started.',
    read: ({ ready }) => one(ready ? 1 : 0),
  },
  {
    name: 'f2b_errors',
    type: 'counter',
    help: 'Problems told since the start, by the code that docs/errors.md explains.',
    read: ({ figures }) =>
      Object.entries(figures?.problems ?? {}).map(([type, value]) => ({ labels: { type }, value })),
  },
  { name: 'f2b_jail_count', type: 'gauge', help: 'Jails.', read: ({ figures }) => one(figures?.jails.length ?? 0) },
  {
    name: 'f2b_jail_banned_current',
    type: 'gauge',
    help: 'Bans in force.',
    read: ofJails((jail) => jail.currentlyBanned),
  },
  {
    name: 'f2b_jail_banned_total',
    type: 'gauge',
    help: 'Bans since the start, restored ones included.',
    read: ofJails((jail) => jail.totalBanned),
  },
  {
    name: 'f2b_jail_failed_current',
    type: 'gauge',
    help: 'Identifiers whose failures are counted.',
    read: ofJails((jail) => jail.currentlyFailed),
  },
  {
    name: 'f2b_jail_failed_total',
    type: 'gauge',
    help: 'Failures since the start.',
    read: ofJails((jail) => jail.totalFailed),
  },
  {
    name: 'f2b_config_jail_ban_time',
    type: 'gauge',
    help: 'bantime in seconds; -1 for ever.',
    read: ofJails((jail) => jail.bantime),
  },
  {
    name: 'f2b_config_jail_find_time',
    type: 'gauge',
    help: 'findtime in seconds.',
    read: ofJails((jail) => jail.findtime),
  },
  { name: 'f2b_config_jail_max_retries', type: 'gauge', help: 'maxretry.', read: ofJails((jail) => jail.maxretry) },
  {
    name: 'f2b_version',
    type: 'gauge',
    help: 'The version, as labels.',
    read: ({ version }) => [{ labels: { exporter: version, fail2ban: version }, value: 1 }],
  },
];

const jails: readonly Metric[] = [
  {
    name: 'f2b_jail_state',
    type: 'gauge',
    help: 'Which state the jail is in.',
    read: ({ figures }) =>
      (figures?.jails ?? []).flatMap(({ name, state }) =>
        jailStates.map((each) => ({ labels: { jail: name, state: each }, value: each === state ? 1 : 0 })),
      ),
  },
  {
    name: 'f2b_jail_simulated',
    type: 'gauge',
    help: 'Whether the jail only says whom it would ban.',
    read: ofJails((jail) => Number(jail.simulated)),
  },
  {
    name: 'f2b_jail_ignored_total',
    type: 'counter',
    help: 'Failures that the ignore rules spared.',
    read: ofJails(({ tally }) => tally.ignored),
  },
  {
    name: 'f2b_jail_unbanned_total',
    type: 'counter',
    help: 'Bans that ended or were lifted.',
    read: ofJails(({ tally }) => tally.unbans),
  },
  {
    name: 'f2b_jail_unenforced',
    type: 'gauge',
    help: 'Bans that an action has refused and that do not hold.',
    read: ofJails((jail) => jail.unenforced.length),
  },
  {
    name: 'f2b_jail_refused_total',
    type: 'counter',
    help: 'Orders to ban that an action has refused, each try.',
    read: ofJails(({ tally }) => tally.refused),
  },
  {
    name: 'f2b_jail_leaks_total',
    type: 'counter',
    help: 'Failures of identifiers that should have been kept out for seconds already.',
    read: ofJails(({ tally }) => tally.leaks),
  },
];

const sources: readonly Metric[] = [
  {
    name: 'f2b_source_lines_total',
    type: 'counter',
    help: 'Lines read of the log.',
    read: ofSources(({ lines }) => lines),
  },
  {
    name: 'f2b_source_bytes_total',
    type: 'counter',
    help: 'Bytes read of the log.',
    read: ofSources(({ bytes }) => bytes),
  },
  {
    name: 'f2b_source_matched_total',
    type: 'counter',
    help: 'Matches in the log, of all jails that read it.',
    read: ofSources(({ matched }) => matched),
  },
  {
    name: 'f2b_source_not_understood_total',
    type: 'counter',
    help: 'Lines too long, given up by an expression, or not valid in the encoding.',
    read: ofSources(({ notUnderstood }) => notUnderstood),
  },
  {
    name: 'f2b_source_behind_bytes',
    type: 'gauge',
    help: 'Bytes of the log that are not judged yet.',
    read: ofSources(({ behind }) => behind),
  },
  {
    name: 'f2b_source_state',
    type: 'gauge',
    help: 'How reading the log goes.',
    read: ({ figures }) =>
      (figures?.sources ?? []).flatMap(({ log, state }) =>
        sourceStates.map((each) => ({ labels: { source: log, state: each }, value: each === state ? 1 : 0 })),
      ),
  },
];

const guard: readonly Metric[] = [
  {
    name: 'f2b_line_to_ban_seconds',
    type: 'histogram',
    help: 'From the time that a line bears to the moment at which the ban that it led to held at every action.',
    read({ figures }) {
      if (figures === undefined) return [];
      const { bounds, counts, count, sum } = figures.lineToBan;
      return [
        ...bounds.map((bound, at) => ({
          suffix: '_bucket' as const,
          labels: { le: String(bound) },
          value: counts[at]!,
        })),
        { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
        { suffix: '_sum', value: sum },
        { suffix: '_count', value: count },
      ];
    },
  },
  {
    name: 'f2b_queue_length',
    type: 'gauge',
    help: 'Work that waits, by who it waits for.',
    read: ({ figures }) =>
      Object.entries(figures?.queues ?? {}).map(([queue, value]) => ({ labels: { queue }, value })),
  },
  {
    name: 'f2b_store_ok',
    type: 'gauge',
    help: 'Whether what is to outlive the process can be written.',
    read: ({ figures }) => (figures === undefined ? [] : one(figures.storeTrouble === undefined ? 1 : 0)),
  },
  {
    name: 'f2b_lines_read_total',
    type: 'counter',
    help: 'Lines read of all logs.',
    read: ofHealth((health) => health.linesRead),
  },
  {
    name: 'f2b_lines_skipped_total',
    type: 'counter',
    help: 'Lines longer than max_line_bytes.',
    read: ofHealth((health) => health.linesSkipped),
  },
  {
    name: 'f2b_lines_refused_total',
    type: 'counter',
    help: 'Lines that an expression gave up.',
    read: ofHealth((health) => health.linesRefused),
  },
  {
    name: 'f2b_lines_undecodable_total',
    type: 'counter',
    help: "Lines not valid in their log's encoding.",
    read: ofHealth((health) => health.linesUndecodable),
  },
  {
    name: 'f2b_blocks_redone_total',
    type: 'counter',
    help: 'Blocks scanned again since a worker died over them.',
    read: ofHealth((health) => health.blocksRedone),
  },
  {
    name: 'f2b_longest_delay_seconds',
    type: 'gauge',
    help: 'The longest that anything had to wait for the main thread.',
    read: ofHealth((health) => health.longestDelay / 1000),
  },
  {
    name: 'f2b_start_time_seconds',
    type: 'gauge',
    help: 'When the server was started, since 1970.',
    read: ({ startedAt }) => one(startedAt),
  },
  { name: 'f2b_resident_bytes', type: 'gauge', help: 'Memory of the process.', read: ({ memory }) => one(memory.rss) },
  {
    name: 'f2b_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time of the process.',
    read: ({ cpu }) => one((cpu.user + cpu.system) / 1e6),
  },
];

/** Every metric there is. */
export const catalogue: readonly Metric[] = [...known, ...jails, ...sources, ...guard];
