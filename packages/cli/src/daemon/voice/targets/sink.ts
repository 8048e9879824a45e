import type { VoiceEntry } from '../entry.js';

/** Where finished log lines go. */
export interface VoiceSink {
  /** `json` is the entry as one JSON object, for the targets that carry it. */
  write(entry: VoiceEntry, json: string): void;
  /** Opens a file anew, after a rotation. @returns what `flushlogs` replies. */
  reopen(): 'rolled over' | 'flushed';
  /** Resolves when everything is written. */
  close(): Promise<void>;
  /** Writes what is waiting now, blocking, but not for long: the last thing before the process dies. */
  flushNow(): void;
}

/** Called when a target drops lines or fails; never throws. */
export type SinkTrouble = (what: string) => void;
