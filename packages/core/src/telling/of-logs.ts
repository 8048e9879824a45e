import type { VoiceLevel } from '@f2b/config';
import type { CoreErrorCode } from '../errors.js';
import type { LogTrouble, SourceEvent } from '../sources/source.js';

type Told<K extends SourceEvent['kind']> = Extract<SourceEvent, { kind: K }>;

export function openedMessage({ log, offset, firstLine }: Told<'opened'>): string {
  return `Added logfile: '${log}' (pos = ${offset}, hash = ${firstLine})`;
}

export function unwrappedMessage(log: string): string {
  return `${log} holds Docker's JSON lines: what stands in them is judged, and their time is Docker's`;
}

export function rotatedMessage({ log, reason, size, offset }: Told<'rotated'>): string {
  return `Log rotation detected for ${log}, reason: ${reason} (size ${size}, read to ${offset})`;
}

/** What is said of a log that cannot be read. */
export function troubleWords(path: string, trouble: LogTrouble): [CoreErrorCode, VoiceLevel, string] {
  switch (trouble.kind) {
    case 'missing':
      return ['F2B_LOG_MISSING', 'WARNING', `${path} does not exist; it is read as soon as it appears`];
    case 'denied':
      return [
        'F2B_LOG_DENIED',
        'ERROR',
        `${path} may not be read; run f2b as root or make it readable, it is tried on`,
      ];
    case 'unsuitable':
      return ['F2B_LOG_KIND', 'ERROR', `${path} is a ${trouble.what}, a log must be a file; correct logpath`];
    case 'failing':
      return ['F2B_LOG_READ', 'ERROR', `${path} cannot be read: ${trouble.why}; it is tried on`];
    case 'ended':
      return [
        'F2B_COMMAND',
        'WARNING',
        `${path === '-' ? 'the standard input' : path} has ended: nothing more is read from it`,
      ];
    case 'unscanned':
      return [
        'F2B_SCAN',
        'ERROR',
        `${path}: its lines cannot be scanned: ${trouble.why}; they wait and are tried again. If f2b was replaced by an ` +
          'upgrade, restart it',
      ];
  }
}

/** What is said of a journal that cannot be read. */
export function journalTroubleWords(name: string, trouble: LogTrouble): [CoreErrorCode, VoiceLevel, string] {
  if (trouble.kind !== 'failing') return troubleWords(name, trouble);
  return ['F2B_JOURNAL', 'ERROR', `${name}: ${trouble.why}; it is tried on, and goes on where it stood`];
}

/** What is said of a command, or of the standard input, that gives no more lines. */
export function streamTroubleWords(name: string, trouble: LogTrouble): [CoreErrorCode, VoiceLevel, string] {
  if (trouble.kind === 'failing') {
    return ['F2B_COMMAND', 'ERROR', `${name}: ${trouble.why}; it is started again, what it printed meanwhile is lost`];
  }
  return troubleWords(trouble.kind === 'ended' ? 'the standard input' : name, trouble);
}

export function placeLostMessage({ log, time }: Told<'placeLost'>): string {
  const when = new Date(time).toISOString();
  return `${log} no longer has the entry where reading stood: it goes on at ${when}. What was removed before it was read is lost`;
}
