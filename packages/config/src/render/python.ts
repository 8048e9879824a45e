/** A value as the command stream holds it. */
export type StreamValue = string | number | bigint | boolean | null | readonly StreamValue[];

/** Python's `repr`: single quotes unless the text holds `'` and no `"`; control characters escaped, other scripts as they are. */
export function pythonRepr(value: StreamValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return reprText(value);
  let text = '[';
  for (let index = 0; index < value.length; index++) {
    if (index > 0) text += ', ';
    text += pythonRepr(value[index]!);
  }
  return `${text}]`;
}

/** Anything but printable ASCII and the newline: rare, and then each character is looked up in Unicode's tables. */
const rare = /[^\n -~]/;
/**
 * Backslash, quote, and what Python calls unprintable: controls, formats, surrogates, private and unassigned characters,
 * separators but the blank.
 */
const mustBeEscaped = /[\\']|(?! )[\p{C}\p{Z}]/gu;

function reprText(text: string): string {
  const hasSingle = text.includes("'");
  const quote = hasSingle && !text.includes('"') ? '"' : "'";
  if (!rare.test(text)) {
    let plain = text;
    if (text.includes('\\')) plain = plain.replaceAll('\\', '\\\\');
    if (hasSingle && quote === "'") plain = plain.replaceAll("'", "\\'");
    if (text.includes('\n')) plain = plain.replaceAll('\n', '\\n');
    return quote + plain + quote;
  }
  const escaped = text.replace(mustBeEscaped, (char) => {
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
