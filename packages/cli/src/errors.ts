/**
 * Every error that `packages/cli` raises. `message` is one line for a person: what was wrong, where, what to do now.
 * A stack trace is never shown for these.
 */
export type CliErrorCode =
  | 'F2B_USAGE'
  | 'F2B_NO_CONFIG_DIRECTORY'
  | 'F2B_CONFIG_UNREADABLE'
  | 'F2B_NO_SOCKET'
  | 'F2B_SOCKET_PERMISSION'
  | 'F2B_SOCKET_REFUSED'
  | 'F2B_SOCKET_TIMEOUT'
  | 'F2B_SOCKET_BROKEN'
  | 'F2B_SOCKET_UNUSABLE'
  | 'F2B_ALREADY_RUNNING'
  | 'F2B_REPLY'
  | 'F2B_LOG_LEVEL'
  | 'F2B_LOG_TARGET'
  | 'F2B_NO_FILTER'
  | 'F2B_NO_JAIL'
  | 'F2B_NO_SETTING'
  | 'F2B_JOURNAL'
  | 'F2B_LOG_UNREADABLE'
  | 'F2B_BENCH'
  | 'F2B_START_FAILED';

export class CliError extends Error {
  constructor(
    readonly code: CliErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'CliError';
  }
}

/** The whole message of anything thrown, its lines joined to one. What is hidden in it is the business of whoever shows it. */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (!text.includes('\n')) return text;
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
