import { printable } from '../../printable.js';
import { localDate } from '../regex/python.js';
import type { Attempt, Way } from './way.js';

/** Columns that a line of output may take. */
const width = 100;

/** The end of a long text, which is where things happen. */
const tail = (text: string, room = width - 20): string => (text.length > room ? `...${text.slice(-room)}` : text);
const head = (text: string, room = width - 20): string => (text.length > room ? `${text.slice(0, room)}...` : text);

/** The way in words; the most promising expressions are told in full, the others in one line. */
export function renderWay(way: Way, ignored: string | undefined): string {
  const lines = ['Line', `  ${head(printable(way.line), width * 4)}`, ''];
  lines.push('Date');
  if (way.date === undefined) lines.push('  none found: the line goes on as it is');
  else {
    lines.push(`  format    ${printable(way.date.template)}`, `  cut out   '${printable(way.date.cut)}'`);
    lines.push(
      way.date.time === undefined
        ? '  time      no such time in the calendar: the line counts as having none'
        : `  time      ${way.date.time} (${localDate(way.date.time * 1000)})`,
    );
    lines.push(`  leaves    '${head(printable(way.date.before + way.date.after))}'`);
  }
  lines.push('');
  const of = (option: Attempt['option']) => way.attempts.filter((one) => one.option === option);
  if (way.content !== undefined) {
    lines.push('prefregex');
    if (way.content === null) lines.push('  does not match: no failregex sees the line');
    else lines.push(`  matches, and leaves '${head(printable(way.content))}'`);
    for (const one of of('prefregex')) lines.push(...attemptLines(one));
    lines.push('');
  }
  const fails = of('failregex');
  if (fails.length > 0) {
    lines.push('failregex');
    for (const one of fails) lines.push(...attemptLines(one));
    lines.push('');
  }
  const ignores = of('ignoreregex');
  if (ignores.length > 0) {
    lines.push('ignoreregex');
    for (const one of ignores) lines.push(...attemptLines(one));
    lines.push('');
  }
  for (const refusal of way.refused) lines.push(`Refused: ${printable(refusal)}`);
  lines.push('Verdict', ...verdict(way, ignored).map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

function attemptLines(one: Attempt): string[] {
  const title = `  ${String(one.number).padStart(2)}) ${one.matched ? 'matches' : 'no match'}  ${head(printable(one.regex))}`;
  if (one.matched) {
    const groups = Object.entries(one.groups).map(
      ([name, text]) => `      ${printable(name)} = '${head(printable(text))}'`,
    );
    return [title, ...(one.place === undefined ? [] : [`      at ${one.place}`]), ...groups];
  }
  // What fails at its very first piece is told in one line: most expressions of a long filter do.
  if (one.stopped === undefined || one.stopped.consumed === '') return [title];
  const { consumed, rest, piece } = one.stopped;
  return [
    title,
    `      got through  '${tail(printable(consumed))}'`,
    `      stopped by   ${head(piece === '' ? 'the end of the expression' : printable(piece))}`,
    `      at           ${rest === '' ? 'the end of the text' : `'${head(printable(rest))}'`}`,
  ];
}

function verdict(way: Way, ignored: string | undefined): string[] {
  if (way.dropped !== undefined) return [`ignored: ignoreregex ${way.dropped} drops the line`];
  if (way.content === null) return ['missed: prefregex does not match'];
  if (way.failregex === undefined || way.identifier === undefined) return ['missed: no failregex matches'];
  const { id, why } = way.identifier;
  const lines = [`failregex ${way.failregex} matches`];
  const all = { ...Object.assign({}, ...way.attempts.filter((one) => one.matched).map((one) => one.groups)) } as object;
  if (way.nofail) {
    lines.push('by itself no failure: it only belongs to the session named by <F-MLFID>');
  } else if ('mlfid' in all) lines.push(`of the session '${printable(String((all as Record<string, string>).mlfid))}'`);
  lines.push(printable(id === undefined ? why : `who: ${id}, ${why}`));
  if (ignored !== undefined) lines.push(printable(ignored));
  return lines;
}
