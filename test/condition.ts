import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits until `check` returns something other than undefined and false, and returns that.
 * @param what named in the error when the deadline passes
 * @param withinMs how long to wait at most
 */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await check();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for: ${what}`);
    await wait(10);
  }
}
