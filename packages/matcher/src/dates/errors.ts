/** Every error that reading a datepattern or a time zone can raise. */
import type { dateErrors } from '../errors.js';

export type DateErrorCode = keyof typeof dateErrors;

/** A mistake in a datepattern or a logtimezone. `column` counts from 1 within `pattern`, where it is known. */
export class DateError extends Error {
  override readonly name = 'DateError';
  constructor(
    readonly code: DateErrorCode,
    message: string,
    readonly pattern: string,
    readonly column: number | undefined,
  ) {
    super(message);
  }
}

/** A `%` that starts no directive. The wording starts as fail2ban's does, tools look for it. */
export function unknownDirective(pattern: string, column: number): DateError {
  const text = pattern.slice(column - 1, column + 2);
  return new DateError(
    'F2B_DATE_DIRECTIVE',
    `Failed to set datepattern '${pattern}' (may be an invalid format or unescaped percent char): ` +
      `'${text}' at column ${column} is no directive; write %% for a percent sign`,
    pattern,
    column,
  );
}

/** The regular expression of a pattern does not compile; `column` counts within the regular expression. */
export function invalidRegex(pattern: string, regex: string, reason: string, column?: number): DateError {
  const where = column === undefined ? '' : ` at column ${column} of the regex it makes`;
  return new DateError(
    'F2B_DATE_REGEX',
    `Failed to set datepattern '${pattern}': ${reason}${where} (${regex}); correct the pattern, or escape with a backslash what is meant literally`,
    pattern,
    undefined,
  );
}

/** Two patterns with the same human name. */
export function duplicateTemplate(pattern: string, name: string): DateError {
  return new DateError(
    'F2B_DATE_DUPLICATE',
    `There is already a template with name ${name}; remove the repeated datepattern '${pattern}'`,
    pattern,
    undefined,
  );
}

/** A zone text outside the grammar, or an abbreviation nobody knows. */
export function unknownZone(zone: string): DateError {
  return new DateError(
    'F2B_DATE_ZONE',
    `Unknown or unsupported time zone: '${zone}'; write an offset such as +0200, or an upper-case abbreviation such as UTC or CET`,
    zone,
    1,
  );
}
