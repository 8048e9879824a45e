import type { Order, Outcome } from '../orders.js';

/** What a check found missing or wrong, and what became of it. */
export interface Repair {
  readonly action: string;
  /** What was wrong, for a person: `IPv4: 3 addresses were missing`. */
  readonly what: string;
  readonly repaired: boolean;
  /** Why it could not be repaired; undefined when it was. */
  readonly why: string | undefined;
}

/**
 * A native way to keep bans in the kernel. It is driven by one lane of the actor, which never calls it twice at a time:
 * a backend needs no locks. None of the calls throws for what the kernel or its tools do wrong; that is in the results.
 */
export interface Backend {
  /** Sets up what bans need. Returns why a part of it failed, one sentence each. */
  start(): Promise<readonly string[]>;
  /** Carries out all orders as one change to the kernel, answering each in its place. */
  carryOut(orders: readonly Order[]): Promise<readonly Outcome[]>;
  /** Lets go of all that a jail holds. Returns why a part of it failed. */
  release(jail: string): Promise<readonly string[]>;
  /** Compares what should hold with what the kernel has, and mends the difference. */
  check(): Promise<readonly Repair[]>;
  /** Takes away exactly what was added. Returns why a part of it failed. */
  stop(): Promise<readonly string[]>;
}
