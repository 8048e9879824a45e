import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import type { Bytes, EpochMs } from '@f2b/config';
import { type Allowance, mayBeAllowed } from '../jails/who/allowed.js';

/** A file larger than this is not ours. */
const maxBytes: Bytes = 16 * 1024 * 1024;

/**
 * The list of who is allowed, in a file beside the database: a JSON object a line, so that a person can read it, and another program's
 * database stays as that program knows it. Written as a whole under another name, which then takes the place.
 */
export function openAllowFile(file: string, problem: (what: string) => void) {
  return {
    load(): readonly Allowance[] {
      let text: string;
      try {
        if (statSync(file).size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
        text = readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problem(`${file} cannot be read: ${String(error)}`);
        return [];
      }
      const read: Allowance[] = [];
      for (const line of text.split('\n')) {
        if (line.trim() === '') continue;
        const allowance = readLine(line);
        if (allowance === undefined) problem(`a line of ${file} is none: ${line.slice(0, 200)}`);
        else read.push(allowance);
      }
      return read;
    },
    save(allowances: readonly Allowance[]): void {
      const fd = openSync(`${file}.new`, 'w', 0o600);
      try {
        writeSync(fd, allowances.map((one) => `${JSON.stringify(one)}\n`).join(''));
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(`${file}.new`, file);
    },
  };
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
