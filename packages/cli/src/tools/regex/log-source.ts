import { statSync } from 'node:fs';
import { readSpec } from '@f2b/config';
import type { JournalSource } from './journal.js';

/** What LOG stands for. */
export type LogSource =
  | { readonly kind: 'file'; readonly path: string }
  | ({ readonly kind: 'journal' } & JournalSource)
  /** `several`: to be read line by line, with comments and empty lines passed over. */
  | { readonly kind: 'text'; readonly text: string; readonly several: boolean };

const journalSpec = /^systemd-journal(?:\[.*\])?$/s;

/** Whether LOG is the journal. */
export function isJournal(log: string): boolean {
  return journalSpec.test(log) && !isReadable(log);
}

/**
 * An existing file, `-`, or `systemd-journal[...]`; everything else is the text of a log itself.
 * @param matches of the journal
 */
export function logSource(log: string, matches: readonly string[], maxlines: number): LogSource {
  if (log === '-' || isReadable(log)) return { kind: 'file', path: log };
  if (isJournal(log)) return { kind: 'journal', matches, args: readSpec(log).args };
  const several = log.includes('\n') || maxlines > 1;
  return { kind: 'text', text: log, several };
}

function isReadable(path: string): boolean {
  try {
    return path !== '' && !path.includes('\0') && !statSync(path).isDirectory();
  } catch {
    return false;
  }
}
