import type { Flags } from '../commandline/flags.js';
import { type LevelName, levels } from '../daemon/voice/levels.js';
import { classicLine } from '../daemon/voice/line-format.js';

/**
 * What a client command has to say beside its answer: log lines on standard error in the server's format, warnings and
 * worse by default, more with `-v`, less with `-q`.
 */
export function sayAsClient(flags: Flags, level: LevelName, message: string): void {
  process.stderr.write(clientLine(flags, level, message));
}

/** The line that `sayAsClient` writes, newline included; empty where the level is not asked for. */
export function clientLine(flags: Flags, level: LevelName, message: string): string {
  const steps = [levels.CRITICAL, levels.ERROR, levels.WARNING, levels.INFO, levels.DEBUG, levels.HEAVYDEBUG];
  const threshold = steps[Math.min(Math.max(2 + flags.verbosity, 0), steps.length - 1)]!;
  if (levels[level] < threshold) return '';
  const entry = { time: Date.now(), level: levels[level], logger: 'fail2ban', message };
  return `${classicLine(entry, process.pid, { datetime: true, padding: true })}\n`;
}
