import type { EpochMs, Seconds } from '@f2b/config';

const units = [
  ['y', 365 * 86400],
  ['w', 7 * 86400],
  ['d', 86400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/**
 * A duration in fail2ban's words: at most three groups (`2d 7h 15m`), rounded the coarser the longer it is. Years are of
 * 365 days. A fraction survives below a minute (`12.5s`).
 */
export function formatDuration(seconds: Seconds): string {
  if (!Number.isFinite(seconds)) return 'infinite';
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  if (seconds < 60) return seconds === 0 ? '0' : `${Number(seconds.toFixed(3))}s`;
  let rest = roundTo(seconds, grain(seconds));
  // Hours stay hours up to a full day's worth of them: fail2ban prints 24h, 7d and 365d where rounding lands on the border.
  const largest = seconds < 3595 ? 4 : seconds < 86400 ? 3 : seconds < 604800 ? 2 : seconds < 365 * 86400 ? 1 : 0;
  const parts: string[] = [];
  for (const [name, size] of units.slice(largest)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
    if (parts.length === 3) break;
  }
  return parts.join(' ');
}

function grain(seconds: Seconds): Seconds {
  if (seconds < 3595) return 1;
  if (seconds < 86400) return 10;
  if (seconds < 604800) return 60;
  return seconds < 365 * 86400 ? 3600 : 86400;
}

function roundTo(seconds: Seconds, step: Seconds): Seconds {
  return Math.round(seconds / step) * step;
}

let lastSecond = Number.NaN;
let lastWritten = '';

/** Local time as fail2ban writes it into messages: `2026-11-23 00:45:24`. What lies after the year 9999 is its last second. */
export function formatLocalTime(time: EpochMs): string {
  // Lines of a burst fall into the same few seconds.
  const second = Math.floor(time / 1000);
  if (second === lastSecond) return lastWritten;
  const date = new Date(time);
  if (!Number.isFinite(time) || Number.isNaN(date.getTime()) || date.getFullYear() > 9999) return '9999-12-31 23:59:59';
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  lastWritten = `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  lastSecond = second;
  return lastWritten;
}
