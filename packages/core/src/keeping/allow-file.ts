import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Bytes, EpochMs } from '@f2b/config';
import { type Allowance, mayBeAllowed, mostAllowances } from '../jails/who/allowed.js';

/** A file larger than this is not ours. */
const maxBytes: Bytes = 16 * 1024 * 1024;
/** So many lines that are none are shown; of the others, how many there are. */
const mostShown = 5;

/**
 * The list of who is allowed, in a file beside the database: a JSON object a line, so that a person can read it, and another program's
 * database stays as that program knows it. Written as a whole under another name, which then takes the place.
 */
export function openAllowFile(file: string, problem: (what: string) => void) {
  return {
    load(): readonly Allowance[] {
      let text: string;
      try {
        text = contentOf(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problem(`${file} cannot be read: ${String(error)}`);
        return [];
      }
      const read: Allowance[] = [];
      let none = 0;
      for (const line of text.split('\n')) {
        if (line.trim() === '') continue;
        if (read.length === mostAllowances) {
          problem(`${file} has more than ${mostAllowances} entries: those behind them do not hold`);
          break;
        }
        const allowance = readLine(line);
        if (allowance !== undefined) read.push(allowance);
        else if (++none <= mostShown) problem(`a line of ${file} is none: ${line.slice(0, 200)}`);
      }
      if (none > mostShown) problem(`${none - mostShown} more lines of ${file} are none`);
      return read;
    },
    save(allowances: readonly Allowance[]): void {
      const coming = `${file}.new`;
      // Whatever stands there is not written through: it may be a link.
      rmSync(coming, { force: true });
      const fd = openSync(coming, 'wx', 0o600);
      try {
        // On a disk that is almost full a write takes a part, and only the next one fails.
        writeFileSync(fd, allowances.map((one) => `${JSON.stringify(one)}\n`).join(''));
        fsyncSync(fd);
      } catch (error) {
        rmSync(coming, { force: true });
        throw error;
      } finally {
        closeSync(fd);
      }
      renameSync(coming, file);
    },
  };
}

/** @throws what keeps it from being read: a FIFO, too, which would be waited for without end */
function contentOf(file: string): string {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const state = fstatSync(fd);
    if (!state.isFile()) throw new Error('it is no file');
    if (state.size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function readLine(line: string): Allowance | undefined {
  try {
    const { what, jail, since, until, why, origin } = JSON.parse(line) as Record<string, unknown>;
    if (typeof what !== 'string' || !mayBeAllowed(what)) return undefined;
    const isTime = (value: unknown): value is EpochMs => typeof value === 'number' && Number.isFinite(value);
    if (!isTime(since) || !(until === undefined || isTime(until))) return undefined;
    return {
      what,
      since,
      until,
      jail: typeof jail === 'string' ? jail : undefined,
      why: typeof why === 'string' ? why : undefined,
      origin: origin === 'unban' ? 'unban' : 'allow',
    };
  } catch {
    return undefined;
  }
}
