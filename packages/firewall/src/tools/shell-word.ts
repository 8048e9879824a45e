/**
 * Writes a value as one word of shell text, for showing a command to a person who may paste it. Nothing that is run
 * goes through here: what is run is an argument vector.
 */
export function shellWord(value: string): string {
  if (/^[\w@%+=:,./-]+$/.test(value)) return value;
  if (!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/.test(value))
    return `'${value.replaceAll("'", "'\\''")}'`;
  const escaped = value.replace(/[\\'\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => {
    if (char === '\\' || char === "'") return `\\${char}`;
    return [...Buffer.from(char, 'utf8')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `$'${escaped}'`;
}
