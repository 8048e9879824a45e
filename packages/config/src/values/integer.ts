import { strip } from '../syntax/blanks.js';

/** Whole numbers as Python's `int()` reads them: a sign, digits, single underscores between digits, blanks around. */
export function parseInteger(text: string): number | undefined {
  const bare = strip(text);
  if (!/^[+-]?[0-9]+(?:_[0-9]+)*$/.test(bare)) return undefined;
  return Number(bare.replaceAll('_', ''));
}
