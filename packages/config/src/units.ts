/** Units used across f2b. A bare `number` for a time, a duration or a size does not pass review. */

/** Milliseconds since 1970-01-01T00:00:00Z; may carry a fraction. */
export type EpochMs = number;
/** A duration in milliseconds. */
export type Milliseconds = number;
/** A duration in seconds, as fail2ban's configuration writes them; may carry a fraction (`1.5h`). */
export type Seconds = number;
/** A count of bytes, or a byte offset. */
export type Bytes = number;
