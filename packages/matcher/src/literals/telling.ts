import { type LogSample, unknownLog } from './log-sample.js';

/** Beyond so many letters a literal is as rare as it needs to be. */
const enough = 24;
/** What it costs to stand in lines that every log is full of, or in this one: many letters are worth as much. */
const commonCost = 12;

/**
 * How much it tells about a line that it contains one of `texts`, by a guess: the least telling one counts, then how many there are and how
 * often they were seen.
 * @param foldCase they are compared after ASCII case folding, and are in lower case
 */
export function tellingness(texts: readonly string[], foldCase: boolean, sample: LogSample = unknownLog): number {
  let seen = 0;
  const least = Math.min(
    ...texts.map((text) => {
      seen += sample.count(text, foldCase);
      return weight(text) - (sample.isLikely(text, foldCase) ? commonCost : 0);
    }),
  );
  return least - Math.log2(texts.length) - seen - (foldCase ? 0.5 : 0);
}

/** Letters tell more than digits and marks, which are on every line. */
function weight(text: string): number {
  let sum = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    const isLetter = code < 0x80 ? (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a : /\p{L}/u.test(char);
    sum += isLetter ? 1 : 0.4;
  }
  return Math.min(sum, enough);
}
