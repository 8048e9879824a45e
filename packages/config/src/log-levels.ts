/** fail2ban's levels and their numbers, worst first. */
export const logLevels = {
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

export type LogLevelName = keyof typeof logLevels;

/** The numbers that fail2ban up to 0.8 used; `loglevel = 3` still stands in many files and means INFO. */
const oldLevels = new Map<string, LogLevelName>([
  ['1', 'ERROR'],
  ['2', 'WARNING'],
  ['3', 'INFO'],
  ['4', 'DEBUG'],
]);

/**
 * Reads a `loglevel`: a name in any case, a number, or one of the old numbers 1 to 4.
 *
 * @returns the name where the level has one, else the number; undefined: it is no level
 */
export function readLogLevel(text: string): LogLevelName | number | undefined {
  const name = text.trim().toUpperCase();
  const old = oldLevels.get(name);
  if (old !== undefined) return old;
  if (Object.hasOwn(logLevels, name)) return name as LogLevelName;
  return /^[0-9]{1,3}$/.test(name) ? Number(name) : undefined;
}
