import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableText } from './printable.js';

describe('printable', () => {
  it('shows terminal escapes, NUL, C1 controls, separators and direction marks instead of sending them', () => {
    expect(printable('a\x1b[2Jb\0c\x9bd\u2028e\u202ef\r\tg\x7f\u200e\ufeff\u2067')).toBe(
      'a\\x1b[2Jb\\x00c\\x9bd\\u2028e\\u202ef\\r\\tg\\x7f\\u200e\\ufeff\\u2067',
    );
  });

  it('shows what hides a text in invisible letters', () => {
    expect(printable('a\u{e0041}\u00ad')).toBe('a\\u{e0041}\\xad');
  });

  it('leaves ordinary text of any language alone', () => {
    const text = 'für 東京 [sshd] \\d+ 😀 می\u200cخواهم 👩\u200d🚒';
    expect(printable(text)).toBe(text);
  });
});

describe('printableText', () => {
  it('keeps tabs and line ends, and nothing else that is hidden', () => {
    expect(printableText('a\tb\nc\rd\x1b\u202e')).toBe('a\tb\nc\\rd\\x1b\\u202e');
  });
});

describe('printableJson', () => {
  it('hides nothing, and reads back as the same value', () => {
    const value = { 'k\u202e': ['\x7f\x9b\u2028\ufeff\u{e0041}', '\x1b'] };
    const text = printableJson(value, 2);
    expect(text.replaceAll('\n', '')).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe('what is printable', () => {
  it('is said in one place of this package', () => {
    const source = new URL('.', import.meta.url);
    const others = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('printable'))
      .filter((file) => /u0080|x80-|\\x1b-|x7f-|u007f-/.test(readFileSync(new URL(file, source), 'utf8')));
    expect(others).toEqual([]);
  });
});
