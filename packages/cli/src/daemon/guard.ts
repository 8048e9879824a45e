import type { Settings } from '@f2b/config';
import type { JailStatus } from '../control/commands.js';
import type { ServerLog } from '../logs/server-log.js';

/** What the daemon needs of the guard in `packages/core`. */
export interface RunningGuard {
  jailNames(): readonly string[];
  jailStatus(name: string): JailStatus | undefined;
  /** Stops the jails and takes the bans back. */
  stop(): Promise<void>;
}

export interface GuardOptions {
  readonly settings: Settings;
  readonly log: ServerLog;
  /** False: change nothing in the firewall, log what would be changed. */
  readonly enforce: boolean;
}

export type StartGuard = (options: GuardOptions) => Promise<RunningGuard>;
