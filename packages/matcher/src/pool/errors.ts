import type { poolErrors } from '../errors.js';

export type PoolErrorCode = keyof typeof poolErrors;

/** What can go wrong between the main thread and the workers. */
export class PoolError extends Error {
  readonly code: PoolErrorCode;

  constructor(code: PoolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PoolError';
    this.code = code;
  }
}
