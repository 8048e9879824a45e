import type { Dissection, ExpressionCost } from './result.js';
import { totalOf } from './stages.js';

/** Below this share an expression's cost is not worth anybody's time. */
const worthSaying = 0.02;
const datesWorthSaying = 0.4;

/** What about a filter the advice has to know besides its figures. */
export interface Advised {
  readonly hits: number;
  readonly hasDatepattern: boolean;
  readonly maxlines: number;
}

/** What the figures of a filter suggest, most costly first; each one sentence that says what to do. */
export function adviceFrom({ expressions, stages }: Dissection, about: Advised): string[] {
  const failregex = expressions.filter(({ option }) => option === 'failregex');
  const prefregex = expressions.find(({ option }) => option === 'prefregex');
  const costly = [...failregex].sort((a, b) => b.share - a.share);
  const advice: string[] = [];
  if (about.maxlines > 1) {
    advice.push(
      'maxlines is above 1: lines are read in order on one thread; a filter with one line per match is several times as fast',
    );
  }
  // Lines that are taken together have no use for literals, nor for a place where a line begins.
  for (const one of costly) advice.push(...adviceOn(one, prefregex, about.maxlines === 1));
  const dead = failregex.filter(({ hits }) => hits === 0);
  if (about.hits > 0 && dead.length > 0) {
    advice.push(
      `${names(dead)} matched nothing in this log: an expression that no attack needs any more can go${dead.length > 1 ? '; each was tried only where its literals stand' : ''}`,
    );
  }
  if (about.hits === 0) advice.push('nothing in this log matches: measure also on a log with attacks in it');
  const whole = totalOf(stages);
  if (whole > 0 && stages.dates / whole > datesWorthSaying && !about.hasDatepattern) {
    advice.push(
      "most of the time goes into finding dates: a datepattern for this log's own format is quicker than trying the default ones",
    );
  }
  return advice;
}

function adviceOn(one: ExpressionCost, prefregex: ExpressionCost | undefined, lineByLine: boolean): string[] {
  const name = `failregex ${one.index + 1}`;
  const advice: string[] = [];
  if (lineByLine && one.literals === undefined && prefregex?.literals === undefined) {
    advice.push(
      `${name} has no literal that every match must contain, so every line is looked at: write fixed words of the message into it`,
    );
  }
  if (lineByLine && !one.anchored && one.share > worthSaying) {
    advice.push(`${name} is not anchored: with ^ in front it fails at once instead of being tried at each character`);
  }
  if (one.engine === 'budgeted') {
    advice.push(`${name} has a back-reference, which no engine judges in linear time: name the text twice instead`);
  }
  return advice;
}

function names(expressions: readonly ExpressionCost[]): string {
  const numbers = expressions.map(({ index }) => index + 1);
  const most = 8;
  const listed = numbers.slice(0, most).join(', ');
  return `failregex ${listed}${numbers.length > most ? ` and ${numbers.length - most} more` : ''}`;
}
