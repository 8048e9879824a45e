import type { FilterSettings } from '@f2b/config';
import type { DatedEntry, JournalPlace } from '../source.js';
import type { Fields } from './export-format.js';

/** The fields that an entry's text and place are made of. */
export const entryFields = [
  '_HOSTNAME',
  'SYSLOG_IDENTIFIER',
  '_COMM',
  'SYSLOG_PID',
  '_PID',
  'MESSAGE',
  '_SOURCE_REALTIME_TIMESTAMP',
  '_SOURCE_MONOTONIC_TIMESTAMP',
] as const;

/** An entry's text beyond this is passed over, like an overlong line of a file. */
const maxTextChars = 64 * 1024;
/** Times beyond the year 9999 are none that a date could show. */
const maxMicros = 253_402_300_800e6;

/** One entry of the journal. */
export interface JournalEntry extends DatedEntry {
  readonly cursor: string;
}

/**
 * An entry as fail2ban's filters expect it: host, program with its process id, message.
 * @returns undefined for what has no time that can be shown, or is longer than any line that is read
 */
export function entryOf(fields: Fields): JournalEntry | undefined {
  const receivedMicros = Number(fields.text('__REALTIME_TIMESTAMP'));
  const micros = Number(fields.text('_SOURCE_REALTIME_TIMESTAMP')) || receivedMicros;
  const text = textOf(fields);
  if (text.length > maxTextChars || !(micros > 0 && micros < maxMicros)) return undefined;
  const cursor = fields.text('__CURSOR');
  const { sequence, number } = readCursor(cursor);
  const time = Math.floor(micros / 1000);
  const received = Math.floor(receivedMicros / 1000) || time;
  return { time, received, text, date: dateText(micros), sequence, number, cursor, fields };
}

/** What a cursor says of its entry; an empty sequence where it says nothing. */
export function readCursor(cursor: string): Pick<JournalEntry, 'sequence' | 'number'> {
  const [, sequence = '', number = ''] = /(?:^|;)s=([0-9a-f]+);i=([0-9a-f]+)(?:;|$)/.exec(cursor) ?? [];
  return { sequence, number: Number.parseInt(number, 16) || 0 };
}

/** Where to go on behind an entry. */
export function placeBehind(log: string, { cursor, received }: JournalEntry): JournalPlace {
  return { kind: 'journal', log, cursor, time: received };
}

/** A filter's settings for lines that are entries: the date before the text, then the text. */
export function entryLines<S extends Pick<FilterSettings, 'datepattern' | 'logencoding' | 'logtimezone'>>(
  settings: S,
): S {
  const datepattern = { value: '^%Y-%m-%dT%H:%M:%S(?:\\.%f)?%z\\s', origin: undefined };
  return { ...settings, datepattern, logencoding: { value: 'utf-8', origin: undefined }, logtimezone: undefined };
}

/** Entries as lines of a block: what such a filter's scan reads. */
export function entriesAsLines(entries: readonly Pick<DatedEntry, 'date' | 'text'>[]): string {
  let lines = '';
  for (const { date, text } of entries) lines += `${date}${text}\n`;
  return lines;
}

/** The second whose date was written last: entries come in bursts. */
let lastSecond = Number.NaN;
let lastDate = '';
let lastZone = '';

/** ISO 8601 in local time, as fail2ban has it, and a blank. */
function dateText(micros: number): string {
  const second = Math.floor(micros / 1e6);
  if (second !== lastSecond) {
    const minutes = -new Date(second * 1000).getTimezoneOffset();
    const two = (count: number) => String(Math.trunc(Math.abs(count))).padStart(2, '0');
    lastDate = new Date(second * 1000 + minutes * 60_000).toISOString().slice(0, 19);
    lastZone = `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)} `;
    lastSecond = second;
  }
  const fraction = micros % 1e6 === 0 ? '' : `.${String(micros % 1e6).padStart(6, '0')}`;
  return lastDate + fraction + lastZone;
}

function textOf(fields: Fields): string {
  const host = fields.text('_HOSTNAME');
  let text = host === '' ? '' : `${host} `;
  const program = fields.text('SYSLOG_IDENTIFIER') || fields.text('_COMM');
  if (program !== '') {
    const pid = fields.text('SYSLOG_PID') || fields.text('_PID');
    text += /^\d+$/.test(pid) ? `${program}[${pid}]: ` : `${program}: `;
    if (program === 'kernel') {
      const monotonic = fields.text('_SOURCE_MONOTONIC_TIMESTAMP') || fields.text('__MONOTONIC_TIMESTAMP');
      text += `[${(Number(monotonic) / 1e6).toFixed(6).padStart(12)}] `;
    }
  }
  text += fields.text('MESSAGE');
  return text.includes('\n') ? text.replaceAll('\n', '\\n') : text;
}

/** By sequence, the number of the last of some entries. */
export function lastNumbers(entries: readonly DatedEntry[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (let i = 0; i < entries.length; i++) {
    const { sequence, number } = entries[i]!;
    // Entries come in the order of their numbers: the last one of a run counts.
    if (sequence !== '' && sequence !== entries[i + 1]?.sequence) numbers.set(sequence, number);
  }
  return numbers;
}
