import { statSync } from 'node:fs';
import { printable } from '../../printable.js';
import { compressionOf } from './compression.js';
import type { LogSource } from './log-source.js';

/**
 * What should be said of a log that is hardly what was meant: LOG names no file and is taken for a line, as fail2ban-regex takes it, or a file
 * is compressed. Undefined: nothing.
 * @param written LOG as it stands on the command line
 */
export function logHint(log: LogSource, written: string): string | undefined {
  if (log.kind === 'text') return noFileHint(written);
  if (log.kind !== 'file' || log.path === '-') return undefined;
  const found = compressionOf(log.path);
  if (found === undefined) return undefined;
  const path = printable(log.path);
  return `${path} is compressed (${found.name}), and is read as it is: unpack it with ${found.unpack} ${path} | f2b regex - FILTER`;
}

/** A line of a log has a blank in it somewhere, a path seldom. */
function noFileHint(written: string): string | undefined {
  if (written === '' || /\s/.test(written)) return undefined;
  const path = printable(written);
  const taken = "it is taken as a log line. Give a log's path, a line, systemd-journal, or - for the standard input";
  try {
    return statSync(written).isDirectory() ? `${path} is a directory: ${taken}` : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES'
      ? `${path} is in a directory that may not be read: ${taken}`
      : `there is no file ${path}: ${taken}`;
  }
}
