import type { ActionSettings, EpochMs, Milliseconds } from '@f2b/config';
import type { FirewallError } from '../errors.js';
import type { Order, Outcome } from '../orders.js';
import type { Exec } from '../process/exec.js';
import type { Speaker } from '../voice.js';

/** What a check found missing or wrong; `error`: why it could not be repaired. */
export interface Found {
  /** For a person: `IPv4: 3 addresses were missing`. */
  readonly what: string;
  readonly error: FirewallError | undefined;
}

/**
 * A native way to keep bans in the kernel. It is driven by one lane of the actor, which never calls it twice at a time:
 * a backend needs no locks. None of the calls throws for what the kernel or its tools do wrong; that is in the results.
 */
export interface Backend {
  /** Sets up what bans need. @returns what of it failed */
  start(): Promise<readonly FirewallError[]>;
  /** Carries out all orders as one change to the kernel, answering each in its place. */
  carryOut(orders: readonly Order[]): Promise<readonly Outcome[]>;
  /** Lets go of all that a jail holds. @returns what of it failed */
  release(jail: string): Promise<readonly FirewallError[]>;
  /** Compares what should hold with what the kernel has, and mends the difference. */
  check(): Promise<readonly Found[]>;
  /** Ends and leaves in the kernel what is there, for the next run to take over. @returns what of it failed */
  leave(): Promise<readonly FirewallError[]>;
  /** Takes away exactly what was added. @returns what of it failed */
  stop(): Promise<readonly FirewallError[]>;
}

/** What a backend needs from outside. */
export interface BackendEdge {
  readonly exec: Exec;
  readonly voice: Speaker;
  readonly ipv6: boolean;
  /** Set for a dry run: gets each line that would be run. */
  readonly print: ((line: string) => void) | undefined;
  /** For time-outs that the kernel keeps itself. */
  readonly clock: () => EpochMs;
  /** Directory of the loaded kernel modules, `/sys/module`. */
  readonly modules: string;
  /** How long one of the kernel's tools may take. */
  readonly timeout: Milliseconds;
}

/** An action that needs no file in `action.d`. */
export interface Builtin {
  readonly name: string;
  /** What is wrong with the parameters, before anything is started: the first mistake; undefined: none. */
  mistake(settings: ActionSettings): FirewallError | undefined;
  /**
   * Two actions with the same key share one backend and its reference counts.
   * @throws FirewallError `F2B_ACTION_PARAMETER`
   */
  key(settings: ActionSettings): string;
  /**
   * What of the kernel belongs to the backend alone, as text: two backends must not have the same.
   * @throws FirewallError `F2B_ACTION_PARAMETER`
   */
  place(settings: ActionSettings): string;
  /** @throws FirewallError `F2B_ACTION_PARAMETER` */
  open(settings: ActionSettings, edge: BackendEdge): Backend;
}
