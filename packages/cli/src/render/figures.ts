const units: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A time in words, two units at most: `9 min`, `2 h 10 min`, `for ever` where it has no end. */
export function span(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || seconds < 0 || !Number.isFinite(seconds)) return 'for ever';
  const at = units.findIndex(([, size]) => seconds >= size);
  if (at < 0) return '0 s';
  const [name, size] = units[at]!;
  const whole = Math.floor(seconds / size);
  const [next, small] = units[at + 1] ?? [];
  const rest = small === undefined ? 0 : Math.floor((seconds - whole * size) / small);
  return rest === 0 || next === undefined ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next}`;
}

/** `1.5 MiB` */
export function bytes(count: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = count;
  let at = 0;
  for (; size >= 1024 && at < names.length - 1; at++) size /= 1024;
  return `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${names[at]}`;
}

/** `1 ban`, `2 bans` */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** `10:00:05` today, `2026-11-27 10:00:05` on any other day. */
export function moment(time: number, now: number): string {
  const day = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const at = new Date(time);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return day(at) === day(new Date(now)) ? clock : `${day(at)} ${clock}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Columns as wide as they need to be, numbers to the right; coloured cells are measured without their colours. */
export function columns(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] {
  const width = (cell: string) => cell.replace(/\x1b\[\d+m/g, '').length;
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, width(cell));
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const pad = ' '.repeat(widths[at]! - width(cell));
        return right.has(at) ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd(),
  );
}
