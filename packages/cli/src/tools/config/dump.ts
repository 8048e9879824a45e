import { readSettings, renderPretty, renderStream } from '@f2b/config/stream';
import type { Flags } from '../../commandline/flags.js';
import { failed } from '../../errors.js';
import { configurationDirectory } from '../../places/configuration-directory.js';
import { sayFindings } from './say-findings.js';

/**
 * `f2b -d` and `f2b --dp`: the configuration as the commands that fail2ban's client would send, one a line. What is wrong with the
 * tree goes to standard error; a jail that cannot run stands in the stream as a `config-error`.
 *
 * @returns the exit code: 0 if a jail is good or none is bad, fail2ban's rule
 * @throws CliError, ConfigError where the tree as a whole cannot be read
 */
export function dumpConfiguration(flags: Flags): number {
  const { path } = configurationDirectory(flags.conf);
  const settings = readSettings({ directory: path, allowMissingLogs: true });
  sayFindings(flags, settings.findings);
  const lines = flags.dump === 'pretty' ? renderPretty(settings) : renderStream(settings);
  process.stdout.write(`${lines.join('\n')}\n`);
  return settings.jails.length > 0 || settings.skipped.length === 0 ? 0 : failed;
}
