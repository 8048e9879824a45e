import type { Expression } from '@f2b/matcher';

export const failregexTitle = '|-  #) [# of hits] regular expression';

export function tooMany(title: string, count: number): string {
  const option = `--print-all-${title.toLowerCase()}`;
  return `${title} line(s): too many to print.  Use ${option} to print all ${count} lines`;
}

/** Blanks as Python's `rstrip` knows them. */
const blanksAtEnd = /[\s\x1c-\x1f\x85]+$/u;

/**
 * How a line is written in a list of the report: without the blanks at its end; or once with every expression and a link that shows both on
 * debuggex.com.
 */
export function listedLine(line: string, expressions: readonly Expression[] | undefined): string {
  const last = line.charCodeAt(line.length - 1);
  const text = last <= 0x20 || last >= 0x80 ? line.replace(blanksAtEnd, '') : line;
  if (expressions === undefined) return `|  ${text}\n`;
  return expressions
    .map(({ setting, expanded }) => {
      const link = `https://www.debuggex.com/?re=${encoded(expanded)}&str=${encoded(text)}&flavor=python`;
      return `|  ${text} | ${setting.source} |  ${link}\n`;
    })
    .join('');
}

function encoded(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff](?![\udc00-\udfff])/g, '\ufffd'))
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
