import type { Findings } from '../findings.js';
import { ownLogOf } from '../resolve/own-log.js';
import type { Settings } from '../settings.js';

/** Jails such as recidive read f2b's own log: it has to go where they read, in the format that they know. */
export function checkOwnLog({ server, own, jails }: Settings, findings: Findings): void {
  const log = ownLogOf(server);
  for (const { name, backend, filter, logpaths } of jails) {
    const path = logpaths.find(({ pattern }) => pattern === log);
    if (path !== undefined && own.logformat === 'json') {
      findings.add(
        'warning',
        'F2B_CONFIG_OWN',
        `jail '${name}' reads f2b's own log, which logformat = json in f2b.ini makes unreadable for its filter.`,
        path.origin,
        'Write logformat = classic in f2b.ini.',
        name,
      );
    }
    if (filter.name === 'recidive' && backend.value.startsWith('systemd') && log !== undefined) {
      findings.add(
        'warning',
        'F2B_CONFIG_JOURNAL',
        `jail '${name}' reads the journal, but f2b logs to ${log}: it never finds anything.`,
        backend.origin,
        `Write backend = auto and logpath = ${log} in [${name}], or set logtarget = SYSTEMD-JOURNAL.`,
        name,
      );
    }
  }
}
