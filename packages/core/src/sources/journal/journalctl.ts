import { spawn } from 'node:child_process';
import type { EpochMs } from '@f2b/config';
import { CoreError } from '../../errors.js';
import { entryFields } from './entry.js';
import { ExportReader, type Fields } from './export-format.js';
import type { JournalMatches } from './matches.js';
import type { JournalWhere } from './places.js';

/** The entry to begin with: that of a cursor (or the next one, where it is not there), or the first one of a time or later. */
export type JournalStart =
  | { readonly kind: 'cursor'; readonly cursor: string }
  | { readonly kind: 'time'; readonly time: EpochMs };

/** What to read of the journal. */
export interface JournalQuery {
  readonly where: JournalWhere;
  readonly matches: JournalMatches;
  /** Where to begin; at the first entry where nothing is said. */
  readonly from?: JournalStart | undefined;
  /** Also what is written later, until it is called off. */
  readonly follow?: boolean;
  /** Reads so many at most: the first ones from a start on, else the last ones. */
  readonly count?: number;
  /** Calls it off: it then ends as if there were no more. */
  readonly signal?: AbortSignal | undefined;
  /** Gets to know how many entries were left out because they are too long. */
  leftOut?(entries: number): void;
  /** `journalctl`, where it is not to be the one of the path. */
  readonly program?: string | undefined;
}

const maxComplaint = 2000;

/**
 * Reads entries through journalctl. Piece by piece: journalctl is held up while what it gave is not taken.
 * @returns each entry's fields: those that texts are made of, and those that the matches ask for
 * @throws CoreError `F2B_JOURNAL` when there is no journalctl, or it fails, or ends though it was to follow
 */
export async function* readJournal(query: JournalQuery): AsyncGenerator<readonly Fields[]> {
  const { program = 'journalctl', signal, follow = false } = query;
  const isCalledOff = () => signal?.aborted === true;
  if (isCalledOff()) return;
  // Node's own spawn: what is read piece by piece, held up and called off has no use for what execa adds, and where no descriptor is left,
  // execa throws and leaves the child's error to nobody.
  // In a process group of its own: what a terminal sends to this process is not meant for it.
  const child = spawn(program, wordsOf(query), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < maxComplaint) complaint += text;
  });
  const ended = new Promise<string | Error | undefined>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code, killedBy) => resolve(code === 0 ? undefined : (killedBy ?? `status ${code}`)));
  });
  const callOff = () => void child.kill();
  signal?.addEventListener('abort', callOff);
  try {
    const reader = new ExportReader();
    let told = 0;
    for await (const bytes of child.stdout) {
      const entries = reader.read(bytes as Buffer);
      if (reader.leftOut > told) query.leftOut?.(reader.leftOut - told);
      told = reader.leftOut;
      if (entries.length > 0) yield entries;
      if (isCalledOff()) return;
    }
    const how = await ended;
    if (isCalledOff()) return;
    if (how instanceof Error) throw absent(how);
    // What comes last is the reason; without any, journalctl ends with 1 when no entry matches.
    const why = complaint.trim().split('\n').at(-1) ?? '';
    if (how !== undefined && why !== '') throw new CoreError('F2B_JOURNAL', `journalctl failed: ${why}`);
    if (follow) throw new CoreError('F2B_JOURNAL', `journalctl ended (${how ?? 'without a reason'})`);
  } finally {
    signal?.removeEventListener('abort', callOff);
    child.kill();
  }
}

function wordsOf({ where, matches, from, follow = false, count }: JournalQuery): readonly string[] {
  const wanted = [...new Set([...entryFields, ...matches.fields])].filter((name) => !name.startsWith('__'));
  return [
    '--output=export',
    `--output-fields=${wanted.join(',')}`,
    '--no-pager',
    '--quiet',
    ...where.options,
    ...(follow ? ['--follow', '--no-tail'] : []),
    ...(count === undefined ? [] : [`--lines=${count}`]),
    ...(from?.kind === 'cursor' ? [`--cursor=${from.cursor}`] : []),
    ...(from?.kind === 'time' ? [`--since=@${(Math.max(0, from.time) / 1000).toFixed(3)}`] : []),
    '--',
    ...matches.words(where.only),
  ];
}

function absent(error: Error): CoreError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return new CoreError(
    'F2B_JOURNAL',
    missing
      ? 'cannot read the journal: there is no journalctl on this host; give a log file instead, with backend = auto'
      : `cannot run journalctl: ${error.message}`,
    { cause: error },
  );
}
