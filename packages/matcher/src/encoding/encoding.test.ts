import { describe, expect, it } from 'vitest';
import { openEncoding } from './encoding.js';

const decode = (name: string, bytes: number[]) => openEncoding(name)?.decode(Uint8Array.from(bytes));

describe('logencoding', () => {
  it.each([
    ['auto', 'utf-8'],
    ['UTF8', 'utf-8'],
    ['utf_8', 'utf-8'],
    ['latin-1', 'iso-8859-1'],
    ['ISO-8859-1', 'iso-8859-1'],
    ['iso8859_15', 'iso-8859-15'],
    ['cp1252', 'windows-1252'],
    ['ascii', 'ascii'],
    ['koi8-r', 'koi8-r'],
    ['utf-16', 'utf-16le'],
    ['utf_16_be', 'utf-16be'],
    ['sjis', 'shift_jis'],
    ['gbk', 'gbk'],
  ])('%s is %s', (written, name) => {
    expect(openEncoding(written)?.name).toBe(name);
  });

  it.each(['klingon', 'utf-7', 'base64', 'constructor', '__proto__'])('%s is none', (name) => {
    expect(openEncoding(name)).toBeUndefined();
  });
});

describe('decoding', () => {
  it('puts U+FFFD where bytes are not valid, and keeps all others', () => {
    expect(decode('utf-8', [0x61, 0xff, 0x62, 0xe2, 0x82, 0x63, 0])).toBe('a\ufffdb\ufffdc\0');
    expect(decode('ascii', [0x61, 0xe9, 0x62])).toBe('a\ufffdb');
    expect(openEncoding('utf-8')?.isValid(Uint8Array.of(0x61, 0xff))).toBe(false);
    expect(openEncoding('ascii')?.isValid(Uint8Array.of(0x61))).toBe(true);
  });

  it('of Latin-1 is byte for byte, not the browsers’ Windows table', () => {
    expect(decode('latin-1', [0x80, 0x9f, 0xe9])).toBe('\x80\x9f\xe9');
    expect(decode('cp1252', [0x80])).toBe('€');
  });

  it('keeps a byte order mark, as Python does', () => {
    expect(decode('utf-8', [0xef, 0xbb, 0xbf, 0x61])).toBe('\ufeffa');
  });
});

describe('a literal in bytes', () => {
  it('is known where the encoding is', () => {
    expect(openEncoding('utf-8')?.literal('ü')).toBe('\xc3\xbc');
    expect(openEncoding('latin-1')?.literal('ü')).toBe('\xfc');
    expect(openEncoding('latin-1')?.literal('€')).toBeUndefined();
    expect(openEncoding('koi8-r')?.literal('ж')).toBeUndefined();
    expect(openEncoding('koi8-r')?.literal('x')).toBe('x');
  });
});
