import type { EpochMs } from '@f2b/config';
import { printable } from '../../printable.js';
import type { VoiceEntry } from './entry.js';
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
export function classicLine(entry: VoiceEntry, pid: number, shape: LineShape): string {
  const logger = shape.padding ? entry.logger.padEnd(24) : entry.logger;
  const name = levelName(entry.level);
  const level = shape.padding ? name.padEnd(7) : name;
  const line = `${logger}[${pid}]: ${level} ${printable(entry.message)}`;
  return shape.datetime ? `${lineTime(entry.time)} ${line}` : line;
}

let lastSecond = Number.NaN;
let lastText = '';

/** Local time with milliseconds after a comma. The text of a second is kept: bursts of lines share it. */
export function lineTime(time: EpochMs): string {
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
