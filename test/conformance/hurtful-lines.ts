/** Lines that are built to hurt one expression, of any length. */
import { randomizer } from './mutation.js';

/** A line of pieces: a start that gets an expression going, something to repeat, an end that spoils the match. */
export interface HurtfulLine {
  readonly start: string;
  readonly piece: string;
  readonly end: string;
}

/** The line, `length` characters long (or a little less), and the newline that every subject ends with. */
export function lineOf({ start, piece, end }: HurtfulLine, length: number): string {
  const room = Math.max(0, length - start.length - end.length - 1);
  return `${start}${piece.repeat(Math.floor(room / piece.length))}${end}\n`;
}

/** Runs of plain text in an expression: what a line must hold to get far. */
function literalRuns(source: string): string[] {
  const plain = source
    .replace(/\(\?P?<?[\w!=]*>?|\(\?:/g, '\0')
    .replace(/\\s[*+]?/g, ' ')
    .replace(/\\d[*+]?/g, '1')
    .replace(/\\[wS][*+]?/g, 'a')
    .replace(/\\(\W)/g, '$1');
  return plain.split(/[\0()|?*+^$]|\[[^\]]*\]|\{\d+,?\d*\}|\.(?=[\0()|?*+])/).filter((run) => run.trim().length > 1);
}

const classes = [' ', 'a', '1', 'a ', ': ', '"', '/', '[a] ', '1.1.1.1 ', ' from ', '::', 'a b"c\'d='];

/**
 * Lines against one expression: the starts are beginnings of texts that it matches, the pieces its own literals, the classes that its
 * repeats take, and words of those texts.
 */
export function hurtfulLines(source: string, matching: readonly string[], count: number, seed: number): HurtfulLine[] {
  const random = randomizer(seed);
  const runs = literalRuns(source);
  const samples = matching.map((text) => text.replace(/\n$/, ''));
  const ends = ['', '!', '\0', ' ', '"'];
  const lines: HurtfulLine[] = [];
  for (let index = 0; index < count; index++) {
    const sample = samples.length === 0 ? '' : samples[random(samples.length)]!;
    const words = [...sample.matchAll(/\S+\s*/g)];
    const kind = random(4);
    const at = words.length === 0 ? 0 : random(words.length);
    const start = words.length === 0 ? '' : sample.slice(0, words[at]!.index);
    const following = words
      .slice(at, at + 1 + random(3))
      .map(([word]) => word)
      .join('');
    const several = `${runs[random(Math.max(1, runs.length))] ?? 'a'}${runs[random(Math.max(1, runs.length))] ?? ' '}`;
    const pieces = [
      following,
      classes[random(classes.length)]!,
      runs[random(Math.max(1, runs.length))] ?? 'a',
      several,
    ];
    const piece = pieces[kind]!.replaceAll('\n', ' ');
    lines.push({ start, piece: piece === '' ? 'a' : piece, end: ends[random(ends.length)]! });
  }
  return lines;
}
