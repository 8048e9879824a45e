/**
 * White space as Python's `str.strip` and `str.isspace` see it: wider than JavaScript's `trim` (the four ASCII separators
 * and NEL count), and without the byte order mark.
 */
export function isBlank(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31)) return true;
  if (code < 0x85) return false;
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Index of the first character at or after `from` that is not blank; the length of the text if there is none. */
export function skipBlanks(text: string, from = 0): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Index after the last character before `to` that is not blank. */
export function endWithoutBlanks(text: string, to = text.length): number {
  let end = to;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return end;
}

/** The text without blanks on both sides, as Python strips. */
export function strip(text: string): string {
  const start = skipBlanks(text);
  return start === text.length ? '' : text.slice(start, endWithoutBlanks(text));
}
