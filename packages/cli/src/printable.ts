/**
 * What may not reach a terminal or a line of text as it is: C0 and C1 controls and DEL, which steer a terminal; line separators, with which a
 * user name could forge a whole line; and invisible marks that turn the direction of writing or make two texts look alike. (The joiners
 * U+200C and U+200D stay: ordinary text of some languages needs them.)
 */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** The same, but for tabs and line ends. */
const hiddenInText =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text from a log, a configuration or a command line, fit for one line: what is hidden in it is shown as `\n`, `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(hidden, shown);
}

/** The same for text of several lines: tabs and line ends stay. */
export function printableText(text: string): string {
  return text.replace(hiddenInText, shown);
}

/** JSON with nothing hidden in it, which reads back as the same value: JSON itself leaves DEL, C1 and the marks as they are. */
export function printableJson(value: unknown, indent?: number): string {
  return printableInJson(JSON.stringify(value, null, indent));
}

/** Makes a finished JSON text printable. Outside its strings it has none of these characters, but for line ends and tabs. */
export function printableInJson(json: string): string {
  return json.replace(hiddenInText, (char) =>
    Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

function shown(char: string): string {
  const name = named[char];
  if (name !== undefined) return name;
  const code = char.codePointAt(0)!;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
