import type { OptionSpec, ParsedOptions } from '../../commandline/read-options.js';
import { CliError } from '../../errors.js';

/** What the command line of `f2b regex` asks for. */
export interface RegexOptions {
  config?: string;
  datepattern?: string;
  timezone?: string;
  encoding?: string;
  /** As `-r` and `--usedns` say. */
  usedns?: string;
  maxlines?: number;
  journalmatch?: string;
  verbose: number;
  verboseDate: boolean;
  debuggex: boolean;
  /** Every failregex is tried on each line, not only up to the first that matches. */
  checkAll: boolean;
  out?: string;
  invert: boolean;
  missed: 'few' | 'none' | 'all';
  ignored: 'few' | 'none' | 'all';
  matched: boolean;
  /** Milliseconds since 1970 that count as the present. */
  now?: number;
  /** End with status 1 when nothing matched. */
  strict: boolean;
  show?: 'version' | 'V';
}

type Apply = (options: RegexOptions, value: string) => void;
interface Option {
  readonly names: readonly string[];
  /** How usage calls its value; undefined: it takes none. */
  readonly value?: string;
  readonly says: string;
  readonly apply: Apply;
}

const whole = (name: string, value: string): number => {
  if (!/^[+-]?\d+$/.test(value.trim())) throw usage(`option ${name}: invalid integer value: '${value}'`);
  return Number(value);
};

/** fail2ban-regex's options, and f2b's own behind them. */
const regexOptions: readonly Option[] = [
  {
    names: ['--version'],
    says: 'print the version',
    apply: (o) => {
      o.show = 'version';
    },
  },
  {
    names: ['-h', '--help'],
    says: 'print this help',
    // Whoever reads the command line answers it.
    apply() {},
  },
  {
    names: ['-c', '--config'],
    value: 'DIR',
    says: 'configuration directory of jails and filters',
    apply: (o, v) => {
      o.config = v;
    },
  },
  {
    names: ['-d', '--datepattern'],
    value: 'PATTERN',
    says: 'how dates look, in place of the default formats',
    apply: (o, v) => {
      o.datepattern = v;
    },
  },
  {
    names: ['--timezone', '--TZ'],
    value: 'ZONE',
    says: 'zone of dates that name none',
    apply: (o, v) => {
      o.timezone = v;
    },
  },
  {
    names: ['-e', '--encoding'],
    value: 'NAME',
    says: 'encoding of the log',
    apply: (o, v) => {
      o.encoding = v;
    },
  },
  {
    names: ['-r', '--raw'],
    says: 'keep host names, look none up',
    apply: (o) => {
      o.usedns = 'raw';
    },
  },
  {
    names: ['--usedns'],
    value: 'HOW',
    says: 'yes, warn, no or raw: whether <HOST> takes host names, and what becomes of them',
    apply: (o, v) => {
      o.usedns = v;
    },
  },
  {
    names: ['-L', '--maxlines'],
    value: 'N',
    says: 'lines that one match may span',
    apply: (o, v) => {
      o.maxlines = whole('-L', v);
    },
  },
  {
    names: ['-m', '--journalmatch'],
    value: 'MATCH',
    says: "journal entries to read, in place of the filter's",
    apply: (o, v) => {
      o.journalmatch = v;
    },
  },
  { names: ['-l', '--log-level'], value: 'LEVEL', says: 'accepted for fail2ban-regex; without effect', apply() {} },
  {
    names: ['-V'],
    says: 'print the bare version number',
    apply: (o) => {
      o.show = 'V';
    },
  },
  {
    names: ['-v', '--verbose'],
    says: 'tell more; twice tells still more',
    apply: (o) => {
      o.verbose += 1;
    },
  },
  {
    names: ['--verbosity'],
    value: 'N',
    says: 'how much to tell, 0 to 4',
    apply: (o, v) => {
      o.verbose = whole('--verbosity', v);
    },
  },
  {
    names: ['--verbose-date', '--VD'],
    says: 'show pattern and regex of each date format',
    apply: (o) => {
      o.verboseDate = true;
    },
  },
  {
    names: ['-D', '--debuggex'],
    says: 'print links to debuggex.com',
    apply: (o) => {
      o.debuggex = true;
    },
  },
  {
    names: ['--no-check-all'],
    says: 'stop at the first failregex that matches a line',
    apply: (o) => {
      o.checkAll = false;
    },
  },
  {
    names: ['-o', '--out'],
    value: 'TOKEN',
    says: 'print only this of each failure: row, id, ip, msg, json, the name of a group, or text with <tags>',
    apply: (o, v) => {
      o.out = v;
    },
  },
  {
    names: ['-i', '--invert'],
    says: 'print the lines that do not match',
    apply: (o) => {
      o.invert = true;
    },
  },
  { names: ['--print-no-missed'], says: 'list no missed lines', apply: (o) => list(o, 'missed', 'none') },
  { names: ['--print-no-ignored'], says: 'list no ignored lines', apply: (o) => list(o, 'ignored', 'none') },
  {
    names: ['--print-all-matched'],
    says: 'list the matched lines',
    apply: (o) => {
      o.matched = true;
    },
  },
  { names: ['--print-all-missed'], says: 'list all missed lines', apply: (o) => list(o, 'missed', 'all') },
  { names: ['--print-all-ignored'], says: 'list all ignored lines', apply: (o) => list(o, 'ignored', 'all') },
  { names: ['-t', '--log-traceback'], says: 'accepted for fail2ban-regex; without effect', apply() {} },
  { names: ['--full-traceback'], says: 'accepted for fail2ban-regex; without effect', apply() {} },
  {
    names: ['--now'],
    value: 'TIME',
    says: 'judge as if this were the present: seconds since 1970, or an ISO 8601 time',
    apply: (o, v) => {
      o.now = instant(v);
    },
  },
  {
    names: ['--strict'],
    says: 'end with status 1 when nothing matched',
    apply: (o) => {
      o.strict = true;
    },
  },
];

function list(options: RegexOptions, which: 'missed' | 'ignored', how: 'none' | 'all'): void {
  if (options[which] !== 'few' && options[which] !== how) {
    throw usage(`--print-no-${which} and --print-all-${which} are mutually exclusive`);
  }
  options[which] = how;
}

function instant(text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  const time = Number.isNaN(seconds) ? Date.parse(text) : seconds * 1000;
  if (Number.isNaN(time) || Math.abs(time) > 8.64e15) {
    throw usage(`option --now: '${text}' is no time; write seconds since 1970, or 2024-05-01T10:00:00Z`);
  }
  return time;
}

function usage(message: string): CliError {
  return new CliError('F2B_USAGE', `regex: ${message}`);
}

/** The same as the command line reads and help shows them. */
export const regexSpecs: readonly OptionSpec[] = regexOptions.map(({ names, value, says }) => {
  const short = names.find((name) => !name.startsWith('--'))?.slice(1);
  return {
    key: names.includes('--help') ? 'help' : names[0]!,
    ...(short !== undefined && { short }),
    long: names.filter((name) => name.startsWith('--')).map((name) => name.slice(2)),
    ...(value !== undefined && { value }),
    says,
  };
});

/**
 * What the options of `f2b regex` ask for.
 * @throws CliError `F2B_USAGE`
 */
export function regexOptionsOf(parsed: ParsedOptions['options']): RegexOptions {
  const options: RegexOptions = {
    verbose: 0,
    verboseDate: false,
    debuggex: false,
    checkAll: true,
    invert: false,
    missed: 'few',
    ignored: 'few',
    matched: false,
    strict: false,
  };
  for (const [key, value] of parsed) regexOptions.find(({ names }) => names[0] === key)?.apply(options, value);
  return options;
}
