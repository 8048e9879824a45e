/** Codes of the errors and problems that the guard reports. */
export type CoreErrorCode =
  | 'F2B_EXPRESSION'
  | 'F2B_IGNORE_FILE'
  | 'F2B_IGNORE_COMMAND'
  | 'F2B_JAIL_SETTINGS'
  | 'F2B_JAIL_BACKEND'
  | 'F2B_LOG_KIND'
  | 'F2B_LOG_DENIED'
  | 'F2B_LOG_MISSING'
  | 'F2B_LOG_READ'
  | 'F2B_LOG_WATCH'
  | 'F2B_LONG_LINE'
  | 'F2B_SCAN'
  | 'F2B_FIREWALL'
  | 'F2B_DNS';

/** An error that a person can act on: what is wrong, where, what to do. */
export class CoreError extends Error {
  override readonly name = 'CoreError';
  constructor(
    readonly code: CoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An expression of `bantime.factor`, `bantime.formula` or `bantime.multipliers` that cannot be evaluated. */
export function expressionError(source: string, column: number, what: string): CoreError {
  return new CoreError(
    'F2B_EXPRESSION',
    `${what} at column ${column} of the expression '${source}'. Allowed are numbers, + - * / // % ** << >>, comparisons, ` +
      `'a if b else c', ban.Time, ban.Count, banFactor, min, max, abs, int, float, round and math functions`,
  );
}
