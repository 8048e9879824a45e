/**
 * `starting`: it is being made ready. `waiting`: none of its logs can be read yet; it starts by itself when one can. `failed`: it
 * cannot run as configured; the other jails are not affected.
 */
export type JailState = 'starting' | 'waiting' | 'running' | 'failed';

/** What `status JAIL` shows, as data. */
export interface JailStatus {
  readonly name: string;
  readonly state: JailState;
  /** Why it does not run; undefined when it does. */
  readonly why: string | undefined;
  readonly currentlyFailed: number;
  readonly totalFailed: number;
  /** `File list`. */
  readonly files: readonly string[];
  /** `Journal matches`, each in one text; undefined for a jail that reads files. */
  readonly journalmatches: readonly string[] | undefined;
  readonly currentlyBanned: number;
  readonly totalBanned: number;
  /** `Banned IP list`, in the order in which they were banned. */
  readonly banned: readonly string[];
  /** Those of the banned whom an action of the jail has refused: they are not (all) kept out. */
  readonly unenforced: readonly string[];
  /** `simulate = true`: none of the banned is kept out. */
  readonly simulated: boolean;
}

/** The status of a jail that has done nothing yet, or cannot run. */
export function idleStatus(name: string, state: 'starting' | 'failed', why?: string): JailStatus {
  return {
    name,
    state,
    why,
    currentlyFailed: 0,
    totalFailed: 0,
    files: [],
    journalmatches: undefined,
    currentlyBanned: 0,
    totalBanned: 0,
    banned: [],
    unenforced: [],
    simulated: false,
  };
}
