import { interpolate } from '../interpolate/percent.js';
import type { ServerSettings, Sourced } from '../settings.js';
import { originOf } from '../syntax/traced.js';
import { parseInteger } from '../values/integer.js';
import type { Findings } from './findings.js';
import type { ConfigSet } from './library.js';

/** Levels of fail2ban before 0.9, where 3 meant INFO. */
const oldLevels: Readonly<Record<string, string>> = { '1': 'ERROR', '2': 'WARNING', '3': 'INFO', '4': 'DEBUG' };
export const logLevels = ['CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'MSG', 'DEBUG', 'TRACEDEBUG', 'HEAVYDEBUG'];

/** What holds where `fail2ban.conf` says nothing. */
export const serverDefaults = {
  loglevel: 'INFO',
  logtarget: 'STDERR',
  syslogsocket: 'auto',
  socket: '/var/run/fail2ban/fail2ban.sock',
  pidfile: '/var/run/fail2ban/fail2ban.pid',
  allowipv6: 'auto',
  dbfile: '/var/lib/fail2ban/fail2ban.sqlite3',
  dbpurgeage: '1d',
} as const;

/**
 * Reads the options of the server from `fail2ban.conf`.
 *
 * @param set undefined where no such file stands: then every default holds
 */
export function resolveServer(set: ConfigSet | undefined, findings: Findings): ServerSettings {
  const read = (option: string, section = 'Definition'): Sourced<string> | undefined => {
    const entry = set?.tree.sections.has(section) ? set.tree.find(section, option) : undefined;
    if (!set || !entry) return undefined;
    const value = interpolate({ tree: set.tree, section }, option, entry);
    return { value: value.text, origin: originOf(value) ?? entry.origin };
  };
  const text = (option: keyof typeof serverDefaults, quiet = false): Sourced<string> => {
    const found = read(option);
    if (found) return found;
    if (set && !quiet) {
      findings.add(
        'warning',
        'F2B_CONFIG_DEFAULT_USED',
        `'${option}' not defined in 'Definition'. Using default one: '${serverDefaults[option]}'`,
        undefined,
        `Set ${option} in fail2ban.local to choose yourself.`,
      );
    }
    return { value: serverDefaults[option], origin: undefined };
  };
  const integer = (option: string, section?: string): Sourced<number> | undefined => {
    const found = read(option, section);
    if (!found) return undefined;
    const value = parseInteger(found.value);
    if (value === undefined) {
      findings.add(
        'error',
        'F2B_CONFIG_NUMBER',
        `Wrong value for '${option}' in 'Definition': '${found.value}' is no whole number.`,
        found.origin,
        'Write a whole number; until then the default holds.',
      );
      return undefined;
    }
    return { value, origin: found.origin };
  };

  const written = text('loglevel');
  return {
    loglevel: { value: levelOf(written, findings), origin: written.origin },
    loglevelWritten: written.value,
    logtarget: text('logtarget'),
    syslogsocket: text('syslogsocket'),
    allowipv6: text('allowipv6'),
    dbfile: text('dbfile'),
    dbmaxmatches: integer('dbmaxmatches'),
    dbpurgeage: text('dbpurgeage'),
    socket: text('socket', true),
    pidfile: text('pidfile', true),
    threadStacksize: integer('stacksize', 'Thread'),
  };
}

function levelOf(written: Sourced<string>, findings: Findings): string {
  const level = oldLevels[written.value] ?? written.value.toUpperCase();
  if (logLevels.includes(level) || parseInteger(level) !== undefined) return level;
  findings.add(
    'error',
    'F2B_CONFIG_CHOICE',
    `Invalid log level '${written.value}'.`,
    written.origin,
    `Write one of ${logLevels.join(', ')}; until then ${serverDefaults.loglevel} holds.`,
  );
  return serverDefaults.loglevel;
}
