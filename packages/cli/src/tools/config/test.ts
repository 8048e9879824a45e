import type { Flags } from '../../commandline/flags.js';
import { configurationDirectory, mayLackLogs } from '../../places/configuration-directory.js';
import { sayAsClient } from '../../render/client-log.js';
import { checkConfiguration } from './check.js';
import { sayFindings } from './say-findings.js';

/**
 * `f2b -t`: whether the whole configuration could be started as it stands. Unlike fail2ban's this also compiles every expression
 * and date pattern. What is wrong goes to standard error as log lines.
 *
 * @returns whether it could
 * @throws CliError where there is no configuration directory
 */
export function testConfiguration(flags: Flags): boolean {
  const { path } = configurationDirectory(flags.conf);
  // As in fail2ban: who dumps on the way (`-d -t`) does not ask for the logs to be there.
  const allowMissingLogs = flags.dump !== undefined || mayLackLogs(path);
  const check = checkConfiguration({ directory: path, lint: false, allowMissingLogs });
  // `-d` has said already what reading finds.
  sayFindings(flags, flags.dump === undefined ? check.findings : check.findings.filter(isOfMatcher));
  if (!check.ok) sayAsClient(flags, 'ERROR', 'ERROR: test configuration failed');
  return check.ok;
}

function isOfMatcher({ code }: { readonly code: string }): boolean {
  return !code.startsWith('F2B_CONFIG_');
}
