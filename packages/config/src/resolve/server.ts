import type { Dump } from '../dump.js';
import { ConfigError } from '../errors.js';
import type { Findings } from '../findings.js';
import { interpolate } from '../interpolate/percent.js';
import type { ConfigSet } from '../library/library.js';
import { logLevels, readLogLevel } from '../log-levels.js';
import type { ServerSettings, Sourced } from '../settings.js';
import { originOf } from '../syntax/traced.js';
import { parseInteger } from '../values/integer.js';
import { parseTime } from '../values/time.js';

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

export interface ResolvedServer {
  readonly server: ServerSettings;
  /** Two values as they stand in the file. */
  readonly written: Pick<Dump, 'loglevel' | 'dbpurgeage'>;
}

/**
 * Reads the options of the server from `fail2ban.conf`.
 *
 * @param set undefined where no such file stands: then every default holds
 */
export function resolveServer(set: ConfigSet | undefined, findings: Findings): ResolvedServer {
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

  const time = (option: 'dbpurgeage', found: Sourced<string>): Sourced<string> => {
    try {
      parseTime(found.value, found.origin);
      return found;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      findings.add(
        'error',
        error.code,
        `${option}: ${error.what}`,
        error.origin,
        `${error.advice} Until then ${serverDefaults[option]} holds.`,
      );
      return { value: serverDefaults[option], origin: undefined };
    }
  };

  const written = text('loglevel');
  const purgeage = text('dbpurgeage');
  const server: ServerSettings = {
    loglevel: { value: levelOf(written, findings), origin: written.origin },
    logtarget: text('logtarget'),
    syslogsocket: text('syslogsocket'),
    allowipv6: text('allowipv6'),
    dbfile: text('dbfile'),
    dbmaxmatches: integer('dbmaxmatches'),
    dbpurgeage: time('dbpurgeage', purgeage),
    socket: text('socket', true),
    pidfile: text('pidfile', true),
    threadStacksize: integer('stacksize', 'Thread'),
  };
  return { server, written: { loglevel: written.value, dbpurgeage: purgeage.value } };
}

function levelOf(written: Sourced<string>, findings: Findings): string {
  const level = readLogLevel(written.value);
  if (level !== undefined) return String(level);
  findings.add(
    'error',
    'F2B_CONFIG_CHOICE',
    `Invalid log level '${written.value}'.`,
    written.origin,
    `Write one of ${Object.keys(logLevels).join(', ')}; until then ${serverDefaults.loglevel} holds.`,
  );
  return serverDefaults.loglevel;
}
