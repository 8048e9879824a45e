import { ConfigError } from '../errors.js';
import type { Origin } from '../settings.js';
import type { Seconds } from '../units.js';
import { evaluateArithmetic } from './arithmetic.js';

const minute = 60;
const hour = 3600;
const day = 24 * hour;
const year = 365.25 * day;

/** Every spelling that fail2ban knows: one or two letters, then the word cut at any length it accepts. */
const units = new Map<string, Seconds>();
for (const [seconds, ...spellings] of [
  [1, 's', 'ss', 'se', 'sec', 'second', 'seconds'],
  [minute, 'm', 'mm', 'mi', 'min', 'minute', 'minutes'],
  [hour, 'h', 'hh', 'ho', 'hou', 'hour', 'hours'],
  [day, 'd', 'dd', 'da', 'day', 'days'],
  [7 * day, 'w', 'ww', 'we', 'wee', 'week', 'weeks'],
  [year / 12, 'mo', 'mon', 'month', 'months'],
  [year, 'y', 'yy', 'ye', 'yea', 'year', 'years'],
] as [Seconds, ...string[]][]) {
  for (const spelling of spellings) units.set(spelling, seconds);
}

/** Longer expressions are no times. */
const maxCharacters = 256;

/** Whether a time has a comment behind it: `604800  # 7 days`. fail2ban evaluates the text, where `#` has that meaning. */
export function hasComment(text: string): boolean {
  return text.includes('#');
}

/**
 * Reads a time as fail2ban writes it: a number of seconds (`600`, `-1`), abbreviations (`10m`, `1h30m`, `1d 12h`,
 * `1year-6mo`), arithmetic over them (`2*3`, `60*60*24`). fail2ban hands the text to Python's `eval`; this is a parser, and
 * nothing else than numbers, units, `+ - * / // %` and parentheses has a meaning. A `#` begins a comment.
 *
 * @returns seconds, possibly with a fraction or negative
 * @throws ConfigError `F2B_CONFIG_TIME`
 */
export function parseTime(text: string, origin?: Origin): Seconds {
  const simple = /^(-?(?:[1-9][0-9]{0,14}|0))([a-z]*)$/.exec(text);
  const unit = simple && (simple[2] === '' ? 1 : units.get(simple[2]!));
  if (unit !== undefined && unit !== null) return Number(simple![1]) * unit;
  const wrong = (why: string): ConfigError =>
    new ConfigError(
      'F2B_CONFIG_TIME',
      `'${text.length > 60 ? `${text.slice(0, 57)}...` : text}' is no time: ${why}.`,
      origin,
      'Write seconds (600) or a number with s, m, h, d, w, mo or y (10m, 1h 30m); -1 means for ever.',
    );
  if (text.length > maxCharacters) throw wrong('it is too long');
  let unknown: string | undefined;
  const hash = text.indexOf('#');
  const expression = (hash < 0 ? text : text.slice(0, hash))
    .replace(/([A-Za-z])(?=[0-9])/g, '$1 ')
    .replace(/(?<=[0-9 ])([A-Za-z]+)(?![\p{L}\p{N}_])/giu, (word) => {
      const seconds = units.get(word.toLowerCase());
      if (seconds === undefined) unknown ??= word;
      return seconds === undefined ? word : `*${seconds}`;
    })
    .replace(/([0-9])\s+([0-9])/g, '$1+$2');
  const value = evaluateArithmetic(expression);
  if (typeof value === 'string') throw wrong(unknown ? `'${unknown}' is no unit` : value);
  return value;
}
