import { spawnSync } from 'node:child_process';

/** Debian's own interpreter: the one that fail2ban runs on. */
export const debianPython = '/usr/bin/python3';

/** What a test may need of its machine beyond Node. */
export type Requirement = 'root' | 'namespaces' | (string & {});

function missing(requirement: Requirement): string | undefined {
  if (requirement === 'root') return process.getuid?.() === 0 ? undefined : 'needs root';
  if (requirement === 'namespaces') {
    const made = spawnSync('unshare', ['-n', 'true']);
    return made.status === 0 ? undefined : 'needs network namespaces (unshare -n fails here)';
  }
  const found = spawnSync('/bin/sh', ['-c', 'command -v "$0"', requirement]);
  return found.status === 0 ? undefined : `needs ${requirement}, which is not installed`;
}

/**
 * Why a test cannot run here; undefined when it can. In CI there is no such reason: what is missing is a failure, because a
 * test that is always skipped proves nothing.
 * @throws Error with `CI=true` when something is missing
 */
export function reasonToSkip(...requirements: Requirement[]): string | undefined {
  const reasons = requirements.map(missing).filter((reason) => reason !== undefined);
  if (reasons.length === 0) return undefined;
  const reason = reasons.join('; ');
  if (process.env.CI === 'true') throw new Error(`this test must run in CI, but it ${reason}`);
  console.warn(`skipped: ${reason}`);
  return reason;
}
