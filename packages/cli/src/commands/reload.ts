import type { ReloadReport } from '../daemon/control/reload.js';
import { printableJson, printableText } from '../printable.js';
import { renderReload } from '../render/reload.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has, type Invocation } from './command.js';

const serverOptions = ['restart', 'unban', 'if-exists'];

/** `f2b reload [JAIL]`: the running server reads its configuration anew. */
export const command: Command = {
  options: [
    {
      key: 'restart',
      long: ['restart'],
      says: 'stop the jails and start them again, instead of changing what has changed',
    },
    { key: 'unban', long: ['unban'], says: 'lift their bans first' },
    { key: 'if-exists', long: ['if-exists'], says: 'a JAIL that does not exist is no mistake' },
    { key: 'dry-run', long: ['dry-run'], says: 'only say what would change' },
    { key: 'all', long: ['all'], says: 'the whole configuration (default)' },
    { key: 'json', long: ['json'], says: 'the same for programs' },
  ],
  order: 'anywhere',
  notes: `All of the configuration is read before anything is done. A mistake that was not there before changes nothing: exit status 255,
and the message says where it is. Failures, bans and places in logs stay; a changed filter moves no rule in the firewall.
`,
  run: (invocation) => reload(invocation, []),
};

/** @param more options of the server's */
export async function reload(invocation: Invocation, more: readonly string[]): Promise<number> {
  const options = serverOptions.filter((key) => has(invocation, key)).map((key) => `--${key}`);
  const dryRun = invocation.flags.enforce === false;
  if (dryRun) options.push('--dry-run');
  const report = await askDaemon(invocation.flags, ['reload', ...options, ...more, ...invocation.args]);
  const lines = has(invocation, 'json')
    ? printableJson(report, 2)
    : renderReload(report as ReloadReport, dryRun)
        .map(printableText)
        .join('\n');
  process.stdout.write(`${lines}\n`);
  return 0;
}
