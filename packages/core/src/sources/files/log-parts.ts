import type { Bytes } from '@f2b/config';
import type { Newline } from '@f2b/matcher';
import type { SourceEvent } from '../source.js';
import type { Files } from './files.js';

export interface ReadLimits {
  /** A block holds at most so many bytes. */
  readonly blockBytes: Bytes;
  /** Blocks up to this size are read at once; larger ones are left to whoever scans them. */
  readonly inlineBytes: Bytes;
  /** An unfinished line longer than this is skipped whole. At most `blockBytes`. */
  readonly maxLineBytes: Bytes;
  /** How lines end; one byte where nothing is said. */
  readonly newline?: Newline;
}

/** What the files of one log's name share. */
export interface LogParts {
  /** The name under which the log is followed. */
  readonly log: string;
  readonly files: Files;
  readonly limits: ReadLimits;
  /** Gets what befalls the log. */
  tell(event: SourceEvent): void;
  /** Counts the files and rewritings of the name. */
  nextGeneration(): number;
}

/** A place in a file, and what tells whether the file still holds what was read before it. */
export interface Mark {
  readonly offset: Bytes;
  /** The at most 64 bytes before the offset. */
  readonly marker: Buffer;
  /** The at most 256 first bytes of the file; behind its beginning, of what stands before the offset. */
  readonly head: Buffer;
}
