import type { Bytes, EpochMs } from '@f2b/config';

/**
 * Where lines come from, whatever it is: files, the journal. A source hands out *portions* of lines in order, each once judged and
 * settled moves the *place* to go on from; what happens meanwhile it tells as one kind of event.
 */

/**
 * Where a line stands. With the jail it names a failure: a line that is read again, after a crash or under another name, has the
 * same origin.
 */
export interface Origin {
  /** What the log is, not what it is called: device, inode, birth and first line of a file; the sequence of a journal. */
  readonly log: string;
  /** The line's first byte in the file; the entry's number in the journal. */
  readonly offset: Bytes;
}

/** Where reading stands in one file. */
export interface FileMark {
  /** What its lines are known by: device, inode and birth of the file, or of the one that it is a copy of. */
  readonly identity: string;
  /** What it is itself, where it is a copy. */
  readonly file?: string;
  /** Everything before it is settled. */
  readonly offset: Bytes;
  /** Base64 of the at most 64 bytes before `offset`: tells a log that only grew from one that was rewritten. */
  readonly marker: string;
  /** Base64 of the log's first bytes, at most 256. */
  readonly head: string;
  /** The digest that fail2ban's database knows a log by: SHA-1 of its first line, in hex; empty while it has none. */
  readonly firstLine: string;
}

/** Which files beside a log have been noticed: a later one was put aside by rotation, and nobody has read it yet. */
export interface NoticedFiles {
  /** When the last of them was made, in nanoseconds. */
  readonly born: string;
  /** Those that were made then. */
  readonly files: readonly string[];
}

/** Where reading stands in a log, in a form that outlives the process. */
export interface FilePlace extends FileMark {
  readonly kind: 'file';
  /** The name under which the log is followed. */
  readonly log: string;
  /** Files that had the name before, and may still be written to. */
  readonly earlier?: readonly FileMark[];
  readonly noticed?: NoticedFiles | undefined;
}

/** All marks that a place holds. */
export function marksOf(place: FilePlace | undefined): readonly FileMark[] {
  return place === undefined ? [] : [place, ...(place.earlier ?? [])];
}

/** Where reading stands in the journal. */
export interface JournalPlace {
  readonly kind: 'journal';
  readonly log: string;
  /** journalctl's name for the last entry that is settled. */
  readonly cursor: string;
  /** That entry's time: where to go on when the journal no longer has the cursor. */
  readonly time: EpochMs;
}

export type Place = FilePlace | JournalPlace;

/** What a decision arose from, if it is to be known when nothing of that is open any more. */
export interface Arising {
  /** Something is open, such as a question. @returns what to call when it no longer is */
  hold(): () => void;
}

interface PortionBase {
  /** The name under which the log is followed. */
  readonly log: string;
  /** What the log is: `log` of its lines' origins. */
  readonly identity: string;
  /** Counts the files and rewritings that the name has led to; offsets of different generations have nothing to do with each other. */
  readonly generation: number;
  /** Whether the end of this log had been reached before (fail2ban's "in operation"). */
  readonly inOperation: boolean;
  /**
   * To be called when the portion is settled: judged, and what it gave rise to ask is answered.
   * @returns where to go on from now: behind all portions of this log that are settled, up to the first that is not
   */
  settled(): Place | undefined;
}

/** A run of whole lines of one file, each ended by a newline. */
export interface Block extends PortionBase {
  readonly kind: 'bytes';
  /** Where to read it: descriptor, first byte, byte behind the last one. The descriptor stays open until the block is settled. */
  readonly fd: number;
  readonly start: Bytes;
  readonly end: Bytes;
  /**
   * The file was rewritten before this block, and begins with the same line as before: how far that had been read. Nothing but this
   * tells the two apart.
   */
  readonly rewritten?: Bytes | undefined;
  /** The bytes, where the block is small enough to have been read at once. */
  readonly bytes: Buffer | undefined;
  /**
   * Whether these lines are still where they were, to be asked when they have been read: the file may have been emptied and filled anew
   * meanwhile. If not, what was read is none of them, and they come from a copy, if there is one.
   */
  isThere?(): boolean;
}

/** A line whose date is known without reading it. */
export interface DatedEntry {
  readonly time: EpochMs;
  /** When the journal got it. */
  readonly received: EpochMs;
  readonly text: string;
  /** The date as it stands before the text where the whole line is shown, with the blank behind it. */
  readonly date: string;
  /** Names the journal that counts its entries: with `number`, an entry's origin. Empty: unknown. */
  readonly sequence: string;
  /** Its place among the entries. */
  readonly number: number;
  /** What it was made of: readers of one journal choose by these. */
  readonly fields: { get(name: string): readonly string[] | undefined };
}

/** Some entries of the journal. */
export interface Entries extends PortionBase {
  readonly kind: 'entries';
  readonly entries: readonly DatedEntry[];
}

/** What a source hands out at once. */
export type Portion = Block | Entries;

/** How a log's name came to lead to other content. */
export type RotationReason =
  /** Another file has the name now. */
  | 'replaced'
  /** The file is shorter than what was read of it. */
  | 'truncated'
  /** The bytes that were read are no longer there, though the file is long enough. */
  | 'rewritten';

/** Why a log cannot be read, or its lines not be judged, at the moment. */
export type LogTrouble =
  | { readonly kind: 'missing' }
  | { readonly kind: 'denied' }
  /** A directory, FIFO, socket or device. */
  | { readonly kind: 'unsuitable'; readonly what: string }
  | { readonly kind: 'failing'; readonly why: string }
  /** It was to be read once, and is. */
  | { readonly kind: 'ended' }
  /** Its lines are read and wait: scanning them fails for a reason that does not lie in them. */
  | { readonly kind: 'unscanned'; readonly why: string };

/** What befalls a log. */
export type SourceEvent =
  /** It has been opened and will be read from `offset` on. */
  | {
      readonly kind: 'opened';
      readonly log: string;
      readonly generation: number;
      readonly offset: Bytes;
      readonly firstLine: string;
    }
  | {
      readonly kind: 'rotated';
      readonly log: string;
      readonly reason: RotationReason;
      readonly size: Bytes;
      readonly offset: Bytes;
    }
  /** It became unreadable, or (undefined) readable again. Told once per change. */
  | { readonly kind: 'trouble'; readonly log: string; readonly trouble: LogTrouble | undefined }
  /** A line longer than the limit was skipped whole. */
  | { readonly kind: 'longLine'; readonly log: string; readonly offset: Bytes }
  /** The entry where reading stood is no longer in the journal: it goes on at the entry's time. */
  | { readonly kind: 'placeLost'; readonly log: string; readonly time: EpochMs }
  /** Its end was reached, and all before it has been judged. Told each time. */
  | { readonly kind: 'caughtUp'; readonly log: string };

/** Who receives a log's lines. One per log, whoever shares it: the bytes are read once. */
export interface SourceReader {
  /**
   * Takes a portion; resolves when it has been judged, which may be before it is settled. Portions come in order, some of them before
   * the first is done.
   */
  portion(portion: Portion): Promise<void>;
  /** Gets what happens to the log, from whoever noticed it first. */
  tell(event: SourceEvent): void;
}

/** Whatever has lines. `From` says where to begin. */
export interface Source<From> {
  /** Starts following a log, which need not be there yet. Each name can be followed once. */
  follow(log: string, reader: SourceReader, from: From): void;
  /**
   * Ends following one log, after what is under way has been judged.
   * @param how `drain`: what is there now is read first; `drop`: it stays unread
   * @returns where reading ended; undefined when the log has never been open
   */
  unfollow(log: string, how: 'drain' | 'drop'): Promise<Place | undefined>;
  /** Where reading stands in each log: what a restart should go on from. */
  places(): readonly Place[];
  /** Resolves when everything that is in the logs now has been read and judged. */
  settled(): Promise<void>;
  /** Stops, after what was read has been judged, and tells where. What was not read stays for the next process. */
  close(): Promise<readonly Place[]>;
}
