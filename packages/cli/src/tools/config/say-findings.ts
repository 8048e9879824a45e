import type { Finding } from '@f2b/config';
import { formatOrigin } from '@f2b/config/stream';
import type { Flags } from '../../commandline/flags.js';
import type { LevelName } from '../../daemon/voice/levels.js';
import { clientLine } from '../../render/client-log.js';

const levelOf: Readonly<Record<Finding['severity'], LevelName>> = { error: 'ERROR', warning: 'WARNING', hint: 'INFO' };

/** What is wrong with a configuration, one log line each on standard error, place first. */
export function sayFindings(flags: Flags, findings: readonly Finding[]): void {
  const lines = findings.map(({ severity, origin, what, advice }) => {
    const place = origin === undefined ? '' : `${formatOrigin(origin)}: `;
    return clientLine(flags, levelOf[severity], `${place}${sentence(what)} ${advice}`);
  });
  // One write for all: a hundred of them are a tenth of the time that a dump takes.
  process.stderr.write(lines.join(''));
}

/** fail2ban's own messages, which some findings keep, end without a full stop. */
function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}
