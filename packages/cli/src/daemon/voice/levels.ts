import { type LogLevelName, logLevels, readLogLevel } from '@f2b/config';
import { CliError } from '../../errors.js';

export const levels = logLevels;
export type LevelName = LogLevelName;

const nameOfNumber = new Map<number, string>(Object.entries(levels).map(([name, number]) => [number, name]));

/** The name of a level's number, as a log line shows it. */
export function levelName(number: number): string {
  return nameOfNumber.get(number) ?? `Level ${number}`;
}

/**
 * Reads a `loglevel` setting: a name in any case, a number, or one of the old numbers 1 to 4.
 * @throws CliError `F2B_LOG_LEVEL`, worded as fail2ban words it.
 */
export function parseLevel(text: string): number {
  const level = readLogLevel(text);
  if (level !== undefined) return typeof level === 'number' ? level : levels[level];
  throw new CliError(
    'F2B_LOG_LEVEL',
    `Invalid log level '${text}': use one of ${Object.keys(levels).join(', ')}, or a number`,
  );
}

/** RFC 3164 severity of a level. */
export function syslogSeverity(level: number): number {
  if (level >= levels.CRITICAL) return 2;
  if (level >= levels.ERROR) return 3;
  if (level >= levels.WARNING) return 4;
  if (level >= levels.NOTICE) return 5;
  if (level >= levels.MSG) return 6;
  return 7;
}
