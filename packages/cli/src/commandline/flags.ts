import { CliError } from '../errors.js';
import { getopt, type OptionSpec, type ParsedOptions } from './getopt.js';

/** fail2ban-client's flags, and behind them f2b's own few. */
export const flagSpecs: readonly OptionSpec[] = [
  { key: 'conf', short: 'c', long: ['conf'], value: true },
  { key: 'socket', short: 's', long: ['socket'], value: true },
  { key: 'pidfile', short: 'p', long: ['pidfile'], value: true },
  { key: 'pname', long: ['pname'], value: true },
  { key: 'loglevel', long: ['loglevel'], value: true },
  { key: 'logtarget', long: ['logtarget'], value: true },
  { key: 'syslogsocket', long: ['syslogsocket'], value: true },
  { key: 'dump', short: 'd', value: false },
  { key: 'dumpPretty', long: ['dp', 'dump-pretty'], value: false },
  { key: 'test', short: 't', long: ['test'], value: false },
  { key: 'interactive', short: 'i', value: false },
  { key: 'verbose', short: 'v', value: false },
  { key: 'quiet', short: 'q', value: false },
  { key: 'force', short: 'x', value: false },
  { key: 'background', short: 'b', value: false },
  { key: 'foreground', short: 'f', value: false },
  { key: 'async', long: ['async'], value: false },
  { key: 'timeout', long: ['timeout'], value: true },
  { key: 'str2sec', long: ['str2sec'], value: true },
  { key: 'help', short: 'h', long: ['help'], value: false },
  { key: 'shortVersion', short: 'V', value: false },
  { key: 'version', long: ['version'], value: false },
  { key: 'dryRun', long: ['dry-run'], value: false },
  { key: 'enforce', long: ['enforce'], value: false },
  { key: 'trial', long: ['trial'], value: false },
  { key: 'sample', long: ['sample'], value: false },
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
 * Reads the words before the command into `into`, and returns what follows them.
 * @throws CliError `F2B_USAGE`.
 */
export function readFlags(argv: readonly string[], into: Flags, more: readonly OptionSpec[] = []): ParsedOptions {
  const parsed = getopt(argv, [...flagSpecs, ...more]);
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
