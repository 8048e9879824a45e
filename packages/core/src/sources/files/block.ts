import type { Bytes } from '@f2b/config';

/** A run of whole lines of one log, each ended by a newline. */
export interface Block {
  /** The log's name as it was given to the tailer. */
  readonly path: string;
  /** Counts the files and rewritings that this name has led to; offsets of different generations have nothing to do with each other. */
  readonly generation: number;
  /** Where to read it: descriptor, first byte, byte behind the last one. The descriptor stays open until the block is done. */
  readonly fd: number;
  readonly start: Bytes;
  readonly end: Bytes;
  /** The bytes, where the block is small enough to have been read at once. */
  readonly bytes: Buffer | undefined;
  /** Whether the end of this log had been reached before (fail2ban's "in operation"). */
  readonly inOperation: boolean;
}

/** Where reading stands in a log, in a form that outlives the process. */
export interface LogPosition {
  readonly path: string;
  /** Device and inode. */
  readonly identity: string;
  /** Everything before it has been judged. */
  readonly offset: Bytes;
  /** Base64 of the at most 64 bytes before `offset`: tells a log that only grew from one that was rewritten. */
  readonly marker: string;
  /** Base64 of the log's first bytes, at most 256. */
  readonly head: string;
}

/** A file that a log's name leads to, just opened. */
export interface OpenedLog {
  readonly path: string;
  readonly fd: number;
  readonly generation: number;
  /** First byte that will be read. */
  readonly offset: Bytes;
}

/** How a log's name came to lead to other content. */
export type RotationReason =
  /** Another file has the name now. */
  | 'replaced'
  /** The file is shorter than what was read of it. */
  | 'truncated'
  /** The bytes that were read are no longer there, though the file is long enough. */
  | 'rewritten';

export interface Rotation {
  readonly path: string;
  readonly reason: RotationReason;
  readonly size: Bytes;
  readonly offset: Bytes;
}

/** Why a log cannot be read at the moment. */
export type LogTrouble =
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'denied'; readonly path: string }
  /** A directory, FIFO, socket or device. */
  | { readonly kind: 'unsuitable'; readonly path: string; readonly what: string }
  | { readonly kind: 'failing'; readonly path: string; readonly why: string };
