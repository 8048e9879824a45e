import { CliError } from '../errors.js';
import { type OptionSpec, type Order, type ParsedOptions, readOptions } from './read-options.js';

/** fail2ban-client's flags, and behind them f2b's own few. */
export const flagSpecs: readonly OptionSpec[] = [
  {
    key: 'conf',
    short: 'c',
    long: ['conf'],
    value: 'DIR',
    says: 'configuration directory (else /etc/f2b, else /etc/fail2ban, else the built-in default)',
  },
  { key: 'socket', short: 's', long: ['socket'], value: 'FILE', says: 'control socket' },
  { key: 'pidfile', short: 'p', long: ['pidfile'], value: 'FILE', says: 'pid file' },
  { key: 'pname', long: ['pname'], value: 'NAME', says: 'name of the process' },
  {
    key: 'loglevel',
    long: ['loglevel'],
    value: 'LEVEL',
    says: 'CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG, TRACEDEBUG, HEAVYDEBUG',
  },
  { key: 'logtarget', long: ['logtarget'], value: 'TARGET', says: 'a file name, STDOUT, STDERR, SYSOUT or SYSLOG' },
  { key: 'syslogsocket', long: ['syslogsocket'], value: 'auto|FILE', says: "socket of the system's log" },
  { key: 'dump', short: 'd', says: "print the configuration as fail2ban's commands, and end" },
  { key: 'dumpPretty', long: ['dp', 'dump-pretty'], says: 'the same, long commands broken into lines' },
  {
    key: 'test',
    short: 't',
    long: ['test'],
    says: 'test the configuration, expressions too; with a COMMAND, run it if all is well',
  },
  { key: 'str2sec', long: ['str2sec'], value: 'TIME', says: 'print a time such as 1d12h in seconds, and end' },
  { key: 'interactive', short: 'i' },
  { key: 'foreground', short: 'f', says: 'stay in the foreground' },
  { key: 'background', short: 'b', says: 'run in the background (default)' },
  { key: 'force', short: 'x', says: 'take over a socket file that is in the way' },
  { key: 'async', long: ['async'], says: 'do not wait until the server is ready' },
  { key: 'timeout', long: ['timeout'], value: 'SECONDS', says: "how long to wait for the server's answer" },
  { key: 'dryRun', long: ['dry-run'], says: 'change nothing in the firewall, print what would be changed' },
  { key: 'enforce', long: ['enforce'], says: 'change the firewall (default of `start` for root)' },
  { key: 'trial', long: ['trial'] },
  { key: 'sample', long: ['sample'] },
  { key: 'verbose', short: 'v', says: 'say more (may be repeated)' },
  { key: 'quiet', short: 'q', says: 'say less (may be repeated)' },
  { key: 'help', short: 'h', long: ['help'], says: 'this text' },
  { key: 'shortVersion', short: 'V', says: 'the number of the version' },
  { key: 'version', long: ['version'], says: 'the version' },
];

export interface Flags {
  /** `-c`: the configuration directory. */
  conf?: string;
  /** `-s`: the control socket. */
  socket?: string;
  pidfile?: string;
  pname?: string;
  loglevel?: string;
  logtarget?: string;
  syslogsocket?: string;
  /** `-d`, `--dp`: print the command stream. */
  dump?: 'plain' | 'pretty';
  test?: boolean;
  interactive?: boolean;
  /** `-v` counted up, `-q` counted down; 0 shows warnings. */
  verbosity: number;
  /** `-x`: take over a socket file that is in the way. */
  force?: boolean;
  foreground?: boolean;
  async?: boolean;
  /** Seconds that the client waits for an answer. */
  timeoutSeconds?: number;
  str2sec?: string;
  help?: boolean;
  version?: 'short' | 'long';
  /** `--dry-run` never touches the firewall, `--enforce` always does; undefined leaves it to the command. */
  enforce?: boolean;
  /** `--trial`: the newcomer's run of `npm start`. */
  trial?: boolean;
  /** `--sample`: replay the bundled sample even where the host has logs of its own. */
  sample?: boolean;
}

/**
 * Reads the words before a command, or behind it, into `into`, and returns what is none of fail2ban-client's.
 * @throws CliError `F2B_USAGE`.
 */
export function readFlags(
  argv: readonly string[],
  into: Flags,
  more: readonly OptionSpec[] = [],
  order: Order = 'strict',
): ParsedOptions {
  const parsed = readOptions(argv, [...flagSpecs, ...more], order);
  for (const [key, value] of parsed.options) applyFlag(into, key, value);
  return parsed;
}

function applyFlag(flags: Flags, key: string, value: string): void {
  switch (key) {
    case 'conf':
    case 'socket':
    case 'pidfile':
    case 'pname':
    case 'loglevel':
    case 'logtarget':
    case 'syslogsocket':
    case 'str2sec':
      flags[key] = value;
      return;
    case 'test':
    case 'interactive':
    case 'force':
    case 'foreground':
    case 'async':
    case 'help':
    case 'trial':
    case 'sample':
      flags[key] = true;
      return;
    case 'background':
      flags.foreground = false;
      return;
    case 'dump':
      flags.dump ??= 'plain';
      return;
    case 'dumpPretty':
      flags.dump = 'pretty';
      return;
    case 'verbose':
      flags.verbosity += 1;
      return;
    case 'quiet':
      flags.verbosity -= 1;
      return;
    case 'shortVersion':
      flags.version = 'short';
      return;
    case 'version':
      flags.version = 'long';
      return;
    case 'dryRun':
      flags.enforce = chosen(flags, false);
      return;
    case 'enforce':
      flags.enforce = chosen(flags, true);
      return;
    case 'timeout': {
      const seconds = Number(value);
      if (value.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
        throw new CliError('F2B_USAGE', `--timeout ${value}: give a number of seconds`);
      }
      flags.timeoutSeconds = seconds;
      return;
    }
  }
}

/** Two answers to whether the firewall is changed are none. */
function chosen(flags: Flags, enforce: boolean): boolean {
  if (flags.enforce === !enforce) {
    throw new CliError('F2B_USAGE', '--dry-run and --enforce contradict each other: give one of them');
  }
  return enforce;
}
