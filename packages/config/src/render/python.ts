/** A value as the command stream holds it. */
export type StreamValue = string | number | boolean | null | readonly StreamValue[];

/** Python's `repr`: single quotes unless the text holds `'` and no `"`; control characters escaped, other scripts as they are. */
export function pythonRepr(value: StreamValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return reprText(value);
  return `[${value.map(pythonRepr).join(', ')}]`;
}

const NEEDS_CARE = /[\\'\u0000-\u001f\u007f-\u{10ffff}]/u;
/**
 * Backslash, quote, and what Python calls unprintable: controls, formats, surrogates, private and unassigned characters,
 * separators but the blank.
 */
const ESCAPED = /[\\']|(?! )[\p{C}\p{Z}]/gu;

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (!NEEDS_CARE.test(text)) return quote + text + quote;
  const escaped = text.replace(ESCAPED, (char) => {
    if (char === '\\') return '\\\\';
    if (char === "'") return quote === "'" ? "\\'" : "'";
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    const code = char.codePointAt(0)!;
    return code < 256 ? `\\x${hex(code, 2)}` : code < 65536 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  });
  return quote + escaped + quote;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** Python's `json.dumps` of a flat object of strings: blanks behind `,` and `:`, everything but ASCII escaped. */
export function pythonJson(object: Readonly<Record<string, string>>): string {
  const text = (value: string): string =>
    JSON.stringify(value)
      .replace(/[\u007f-\uffff]/g, (char) => `\\u${hex(char.charCodeAt(0), 4)}`)
      .replaceAll('\\u007f', '\u007f');
  return `{${Object.entries(object)
    .map(([key, value]) => `${text(key)}: ${text(value)}`)
    .join(', ')}}`;
}
