import type { Findings } from '../findings.js';
import type { GrowthSettings, Sourced } from '../settings.js';
import { ExpressionError, evaluate, expressionAdvice, parseExpression } from '../values/expression.js';
import type { JailValues } from './jail-values.js';

const formulaNames = ['ban.Time', 'ban.Count', 'banFactor'] as const;
const plainly = 'Until then the ban time does not grow.';

/** A part of the growth rule that cannot be read; it was said already. */
class Unreadable extends Error {}

/**
 * Reads `bantime.*`. A mistake in it must not take down the jail: its bans then last for the plain ban time.
 *
 * @returns undefined where ban times do not grow
 */
export function readGrowth(values: JailValues, findings: Findings, jail: string): GrowthSettings | undefined {
  const increment = values.boolean('bantime.increment')?.value ?? false;
  const factor = values.text('bantime.factor');
  const formula = values.text('bantime.formula');
  const multipliers = values.text('bantime.multipliers');
  const maxtime = values.text('bantime.maxtime');
  const rndtime = values.text('bantime.rndtime');
  const overalljails = values.boolean('bantime.overalljails')?.value ?? false;
  if (!increment) return undefined;
  const refuse = (option: string, text: Sourced<string>, why: string, advice: string): never => {
    const what = `${option} of '${jail}': ${why}.`;
    findings.add('error', 'F2B_CONFIG_EXPRESSION', what, text.origin, `${advice} ${plainly}`, jail);
    throw new Unreadable();
  };
  const read = <T>(option: string, text: Sourced<string> | undefined, reader: (text: string) => T): T | undefined => {
    if (text === undefined || text.value.trim() === '') return undefined;
    try {
      return reader(text.value);
    } catch (error) {
      if (error instanceof ExpressionError) return refuse(option, text, error.message, expressionAdvice);
      throw error;
    }
  };
  const number = (text: Sourced<string> | undefined): number => {
    const value = read('bantime.factor', text, evaluate) ?? 1;
    return Number.isFinite(value) ? value : refuse('bantime.factor', text!, 'it is no finite number', expressionAdvice);
  };
  const numbers = (text: Sourced<string> | undefined): readonly number[] =>
    (text?.value.trim() ?? '') === ''
      ? []
      : text!.value
          .trim()
          .split(/\s+/)
          .map((word) => {
            const value = Number(word);
            if (Number.isFinite(value)) return value;
            return refuse(
              'bantime.multipliers',
              text!,
              `'${word}' is no number`,
              'Write numbers with blanks between them.',
            );
          });
  const time = (option: string, text: Sourced<string> | undefined): number | undefined => {
    if (text === undefined || text.value.trim() === '') return undefined;
    const seconds = values.time(option, text, plainly);
    if (seconds === undefined) throw new Unreadable();
    return seconds;
  };
  try {
    return {
      factor: number(factor),
      multipliers: numbers(multipliers),
      formula: read('bantime.formula', formula, (text) => ({ text, evaluate: parseExpression(text, formulaNames) })),
      maxtime: time('bantime.maxtime', maxtime),
      rndtime: time('bantime.rndtime', rndtime),
      overalljails,
    };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}
