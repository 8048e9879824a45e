/** One family's table of banned addresses in the kernel: rules of a chain, a set. It is driven by one caller at a time. */
export interface AddressTable {
  /** Sets up what bans need, and takes over what an earlier run has left. */
  start(): Promise<void>;
  /** Brings the kernel to what is wanted, for these addresses; for all of them where there is doubt, or on `verify`. */
  sync(touched: Iterable<string>, verify: boolean): Promise<void>;
  /** Compares with what the kernel has and mends the difference. @returns what was wrong, one phrase each */
  reconcile(): Promise<readonly string[]>;
  /** Ends without touching what is in the kernel: the next run takes it over. */
  leave(): Promise<void>;
  /** Takes away exactly what was added. */
  stop(): Promise<void>;
}
