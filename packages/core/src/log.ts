/** Levels of fail2ban's log that the guard writes with. */
export type LogLevel = 'CRITICAL' | 'ERROR' | 'WARNING' | 'NOTICE' | 'INFO' | 'DEBUG';

/** Where the guard writes its log lines. Format, time stamp and target are the business of whoever implements it. */
export interface Log {
  /** `logger` is fail2ban's name (`fail2ban.filter`); `message` is one line of text without its end. */
  log(logger: string, level: LogLevel, message: string): void;
}

/** One log line as a value, so that deciding and writing stay apart. */
export interface LogMessage {
  readonly logger: string;
  readonly level: LogLevel;
  readonly message: string;
}

/**
 * Hostile text made fit for one log line: control characters and line separators are escaped, so that log content can
 * neither start a second line in the guard's own log (which the recidive jail reads) nor steer a terminal.
 */
export function singleLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}
