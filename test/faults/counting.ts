import { expect, vi } from 'vitest';
import type { GuardTrial } from '../../packages/core/src/fixtures/guard.js';

/** For jails of which only is asked how many failures they count. */
export const manyTries = 'maxretry = 100000\n';

let next = 0;

/** Failing lines, each of another address. */
export function knocks(trial: GuardTrial, many: number): string {
  return Array.from({ length: many }, () => {
    const number = next++;
    return trial.knock(`10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`);
  }).join('');
}

/** Waits until a jail has counted so many failures, and looks whether it stays at that. */
export async function counts(trial: GuardTrial, failures: number, jail = 'door'): Promise<void> {
  const total = () => trial.guard.jailStatus(jail)?.totalFailed;
  await trial.guard.settled();
  await vi.waitFor(() => expect(total()).toBe(failures), { timeout: 20_000, interval: 10 });
  for (let i = 0; i < 3; i++) {
    trial.moveClock(2000);
    await trial.guard.settled();
  }
  expect(total()).toBe(failures);
}
