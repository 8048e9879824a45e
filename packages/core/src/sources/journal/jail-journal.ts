import { type JailSettings, readSpec } from '@f2b/config';
import { JournalMatches } from './matches.js';
import { type JournalWhere, journalWhere } from './places.js';

/** What a jail reads of the journal. */
export interface JailJournal {
  readonly where: JournalWhere;
  readonly matches: JournalMatches;
}

/** Whether a jail's lines come from the journal and not from files. */
export function readsJournal({ backend }: Pick<JailSettings, 'backend'>): boolean {
  return backend.value.startsWith('systemd');
}

/**
 * What a jail reads of the journal; undefined for one that reads files.
 * @throws CoreError what is wrong in `journalmatch` or in the brackets behind `systemd`
 */
export function jailJournal(settings: Pick<JailSettings, 'backend' | 'filter'>): JailJournal | undefined {
  if (!readsJournal(settings)) return undefined;
  const { args } = readSpec(settings.backend.value);
  return { where: journalWhere(args), matches: new JournalMatches(settings.filter.journalmatch) };
}
