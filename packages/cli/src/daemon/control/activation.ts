import { readlinkSync } from 'node:fs';

/** The first descriptor that a service manager hands over. */
const firstDescriptor = 3;

/**
 * The listening socket that a service manager has opened for us (`LISTEN_PID`, `LISTEN_FDS`, `LISTEN_FDNAMES`): the one that is named
 * after f2b or fail2ban, else the first. What says so is taken out of the environment: it is nothing to the commands that we run.
 * @returns its descriptor; undefined: none was handed over
 */
export function activatedSocket(env: NodeJS.ProcessEnv, pid: number): number | undefined {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = env;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete env[name];
  const count = Number(LISTEN_FDS);
  if (Number(LISTEN_PID) !== pid || !Number.isSafeInteger(count) || count < 1) return undefined;
  const names = (LISTEN_FDNAMES ?? '').split(':');
  const named = names.findIndex((name) => /^(?:f2b|fail2ban)(?:\.socket)?$/.test(name));
  const descriptor = firstDescriptor + (named >= 0 && named < count ? named : 0);
  return isSocket(descriptor) ? descriptor : undefined;
}

function isSocket(descriptor: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
  } catch {
    return false;
  }
}
