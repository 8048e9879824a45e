import type { EpochMs } from '@f2b/config';
import type { LogEntry } from './entry.js';
import { levelName } from './levels.js';

/** What of the line a target wants. */
export interface LineShape {
  /** Begin with the local time. */
  readonly datetime: boolean;
  /** Pad the logger's name to 24 columns and the level's to 7. */
  readonly padding: boolean;
}

/**
 * fail2ban's line, which the recidive jail, logwatch and the like parse:
 * `2026-11-23 00:45:25,108 fail2ban.actions        [18324]: NOTICE  [j] Ban 192.0.2.9`. No line end.
 */
export function classicLine(entry: LogEntry, pid: number, shape: LineShape): string {
  const logger = shape.padding ? entry.logger.padEnd(24) : entry.logger;
  const name = levelName(entry.level);
  const level = shape.padding ? name.padEnd(7) : name;
  const line = `${logger}[${pid}]: ${level} ${escapeControls(entry.message)}`;
  return shape.datetime ? `${logTime(entry.time)} ${line}` : line;
}

let lastSecond = Number.NaN;
let lastText = '';

/** Local time with milliseconds after a comma. The text of a second is kept: bursts of lines share it. */
export function logTime(time: EpochMs): string {
  const second = Math.floor(time / 1000);
  if (second !== lastSecond) {
    const date = new Date(second * 1000);
    lastText = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
    lastSecond = second;
  }
  return `${lastText},${String(Math.floor(time - second * 1000)).padStart(3, '0')}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

// C0 and C1 controls, line separators, and the marks that turn the direction of writing: with them a user name could
// forge a whole log line, or repaint the terminal of whoever reads the log.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One line stays one line: control characters are shown as `\n`, `\x1b`, `\u2028`. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}
