/** Colours of a terminal; no colour at all for anything else. */
export interface Colours {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Whether what is written to a stream may hold colours: a terminal that knows them, and nobody who has said no (`NO_COLOR`). */
export function mayColour(stream: { readonly isTTY?: boolean }, environment = process.env): boolean {
  return stream.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
}

/** The text is to be printable already. */
export function coloursFor(wanted: boolean): Colours {
  const paint = (code: number) => (text: string) => (wanted && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32), yellow: paint(33), cyan: paint(36) };
}
