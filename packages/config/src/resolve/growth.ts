import { ConfigError } from '../errors.js';
import { Findings } from '../findings.js';
import type { GrowthSettings, Sourced } from '../settings.js';
import { traced } from '../syntax/traced.js';
import { parseBoolean } from '../values/boolean.js';
import { ExpressionError, evaluate, expressionAdvice, parseExpression } from '../values/expression.js';
import type { JailOptionName } from './jail-options.js';
import { JailValues } from './jail-values.js';

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

/** What of a jail's options is about growing ban times. */
export function growthWritten(
  written: ReadonlyMap<string, string | number | bigint | boolean | null>,
): ReadonlyMap<string, string | boolean> {
  const growth = new Map<string, string | boolean>();
  for (const [name, value] of written) {
    if (name.startsWith('bantime.') && value !== null)
      growth.set(name, typeof value === 'boolean' ? value : String(value));
  }
  return growth;
}

/**
 * Reads `bantime.*` that come from elsewhere than a file, all of them whether or not `bantime.increment` is true.
 * @returns undefined where ban times do not grow
 * @throws ConfigError what is wrong with one of them
 */
export function growthOf(written: ReadonlyMap<string, string | boolean>): GrowthSettings | undefined {
  const texts = new Map(
    [...written].map(([name, value]) => [name as JailOptionName, traced(String(value), undefined)]),
  );
  const findings = new Findings();
  const growing = new Map(texts).set('bantime.increment', traced('true', undefined));
  const growth = readGrowth(new JailValues(growing, findings, 'set', undefined), findings, 'set');
  const mistake = findings.all.find(({ severity }) => severity === 'error');
  if (mistake !== undefined) {
    throw new ConfigError('F2B_CONFIG_EXPRESSION', mistake.what, undefined, mistake.advice);
  }
  return parseBoolean(texts.get('bantime.increment')?.text ?? '') ? growth : undefined;
}
