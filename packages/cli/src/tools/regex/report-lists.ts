import type { Expression } from '@f2b/matcher';

export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

export const failregexTitle = '|-  #) [# of hits] regular expression';

export function tooMany(title: string, count: number): string {
  const option = `--print-all-${title.toLowerCase()}`;
  return `${title} line(s): too many to print.  Use ${option} to print all ${count} lines`;
}

/** The lines, or each with every expression and a link that shows both on debuggex.com. */
export function* listLines(
  lines: readonly string[],
  expressions: readonly Expression[] | undefined,
): Generator<string> {
  for (const line of lines) {
    if (expressions === undefined) yield line;
    else {
      for (const { setting, expanded } of expressions) {
        const link = `https://www.debuggex.com/?re=${encoded(expanded)}&str=${encoded(line)}&flavor=python`;
        yield `${line} | ${setting.source} |  ${link}`;
      }
    }
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff](?![\udc00-\udfff])/g, '\ufffd'))
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
