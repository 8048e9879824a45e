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
