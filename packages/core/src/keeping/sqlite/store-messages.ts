import type { MessagePort } from 'node:worker_threads';
import type { Seconds } from '@f2b/config';
import type { Store } from '../store.js';

/** What the store's thread is started with. */
export interface StoreThreadData {
  readonly file: string;
  readonly purgeAge: Seconds;
  readonly maxMatches: number;
  /** Where answers to `ask` go: whoever asks waits for them without its event loop. */
  readonly answers: MessagePort;
  /** Two 32-bit numbers: steps that were answered so far, and questions. */
  readonly signals: SharedArrayBuffer;
}

/** Where in `signals` what is counted. */
export const answeredSteps = 0;
export const answeredQuestions = 1;

/** What can be asked of the thread, because this side could not read it. */
export type StoreQuestion = 'place' | 'failuresSince' | 'bans';

export type ToStore =
  /** `first`: the first behind one that failed; others are refused until then, so that no step is passed by a later one. */
  | { readonly kind: 'commit'; readonly step: Uint8Array; readonly first: boolean }
  | { readonly kind: 'begin'; readonly jail: string; readonly findtime: Seconds }
  | { readonly kind: 'limit'; readonly purgeAge: Seconds; readonly maxMatches: number }
  | { readonly kind: 'ask'; readonly what: StoreQuestion; readonly args: readonly unknown[] }
  | { readonly kind: 'close' };

export type FromStore =
  /** It has been opened, or could not be. */
  | { readonly kind: 'ready' }
  /** A step, in the order in which they came: written, or why not. */
  | { readonly kind: 'step'; readonly why: string | undefined; readonly bytes: ArrayBuffer }
  | { readonly kind: 'told'; readonly as: 'notice' | 'trouble'; readonly message: string }
  | { readonly kind: 'trouble'; readonly trouble: string | undefined }
  /** The file can be read after all. */
  | { readonly kind: 'readable' }
  /** Another file has the name than the one that was read so far. */
  | { readonly kind: 'opened' };

/** Answers a question. */
export function answerOf(store: Store, what: StoreQuestion, args: readonly unknown[]): unknown {
  switch (what) {
    case 'place':
      return store.place(String(args[0]), String(args[1]));
    case 'failuresSince':
      return store.failuresSince(String(args[0]), Number(args[1]));
    case 'bans':
      return store.bans(String(args[0]));
  }
}
