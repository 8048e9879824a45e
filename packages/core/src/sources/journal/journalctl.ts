import { spawn } from 'node:child_process';
import { CoreError } from '../../errors.js';
import { entryFields } from './entry.js';
import { ExportReader, type Fields } from './export-format.js';
import type { JournalMatches } from './matches.js';

/** What to read of the journal. */
export interface JournalQuery {
  /** Where it stands, as options of journalctl. */
  readonly options: readonly string[];
  readonly matches: JournalMatches;
  /** `journalctl`, where it is not to be the one of the path. */
  readonly program?: string | undefined;
}

const maxComplaint = 2000;

/**
 * Reads entries through journalctl, from the first on. Piece by piece: journalctl is held up while what it gave is not taken.
 * @returns each entry's fields: those that texts are made of, and those that the matches ask for
 * @throws CoreError `F2B_JOURNAL` when there is no journalctl, or it fails
 */
export async function* readJournal({ options, matches, program }: JournalQuery): AsyncGenerator<readonly Fields[]> {
  const wanted = [...new Set([...entryFields, ...matches.fields])].filter((name) => !name.startsWith('__'));
  const words = ['--output=export', `--output-fields=${wanted.join(',')}`, '--no-pager', '--quiet', ...options];
  const child = spawn(program ?? 'journalctl', [...words, '--', ...matches.words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < maxComplaint) complaint += text;
  });
  const ended = new Promise<number | Error>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code) => resolve(code ?? -1));
  });
  try {
    const reader = new ExportReader();
    for await (const bytes of child.stdout) {
      const entries = reader.read(bytes as Buffer);
      if (entries.length > 0) yield entries;
    }
    const code = await ended;
    if (code instanceof Error) throw absent(code);
    // journalctl ends with 1 when no entry matches.
    if (code !== 0 && complaint.trim() !== '') {
      throw new CoreError('F2B_JOURNAL', `journalctl failed: ${complaint.trim().split('\n')[0]}`);
    }
  } finally {
    child.kill();
  }
}

function absent(error: Error): CoreError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new CoreError(
    'F2B_JOURNAL',
    missing
      ? 'cannot read the journal: there is no journalctl on this host; give a log file instead of systemd-journal'
      : `cannot run journalctl: ${error.message}`,
    { cause: error },
  );
}
