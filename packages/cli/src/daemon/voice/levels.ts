import { CliError } from '../../errors.js';

/** fail2ban's levels and their numbers, worst first. */
export const levels = {
  CRITICAL: 50,
  ERROR: 40,
  WARNING: 30,
  NOTICE: 25,
  INFO: 20,
  MSG: 18,
  DEBUG: 10,
  TRACEDEBUG: 7,
  HEAVYDEBUG: 5,
} as const;

export type LevelName = keyof typeof levels;

const nameOfNumber = new Map<number, LevelName>(
  Object.entries(levels).map(([name, number]) => [number, name as LevelName]),
);

/** The name of a level's number, as a log line shows it. */
export function levelName(number: number): string {
  return nameOfNumber.get(number) ?? `Level ${number}`;
}

/** The numbers that fail2ban up to 0.8 used; `loglevel = 3` still stands in many files and means INFO. */
const oldLevels = new Map<string, number>([
  ['1', levels.ERROR],
  ['2', levels.WARNING],
  ['3', levels.INFO],
  ['4', levels.DEBUG],
]);

/**
 * Reads a `loglevel` setting: a name in any case, a number, or one of the old numbers 1 to 4.
 * @throws CliError `F2B_LOG_LEVEL`, worded as fail2ban words it.
 */
export function parseLevel(text: string): number {
  const name = text.trim().toUpperCase();
  const old = oldLevels.get(name);
  if (old !== undefined) return old;
  if (Object.hasOwn(levels, name)) return levels[name as LevelName];
  if (/^\d{1,3}$/.test(name)) return Number(name);
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
