import type { Bytes } from '@f2b/config';
import type { Refusal, Reply, ReplyValue } from '../reply.js';

/** A request that is longer is refused, and its connection closed. */
export const maxRequestBytes: Bytes = 4 * 1024 * 1024;

/** A word of a request. Lists within lists come in what a client sends by itself, as in `multi-set`. */
export type Word = string | number | boolean | null | readonly Word[];

/** The words of one request; `close`: the client takes its leave. */
export type Request = { readonly words: readonly Word[] } | 'close';

/** How requests and answers look on the wire. What they mean is the verbs' business. */
export interface Dialect {
  /** Whether a connection that begins with this byte speaks it. */
  recognises(first: number): boolean;
  /** Ends every frame, in both directions. */
  readonly end: Buffer;
  /** @param frame without its end */
  read(frame: Buffer): Request | Refusal | undefined;
  /** A whole frame. */
  write(reply: Reply): Buffer;
  /** One of several values before the answer; undefined: this dialect has no such thing. */
  writeItem?(value: ReplyValue): Buffer;
}
