/** What can go wrong between the main thread and the workers. */
export class PoolError extends Error {
  readonly code: 'F2B_POOL_KEY' | 'F2B_POOL_WORKER_DIED' | 'F2B_POOL_SCAN' | 'F2B_POOL_CLOSED' | 'F2B_POOL_NOT_BUILT';

  constructor(code: PoolError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PoolError';
    this.code = code;
  }
}
