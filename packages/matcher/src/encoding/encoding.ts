import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { Newline } from './newline.js';

/**
 * How a log's bytes become text. Decoding never fails and never drops a line: what is not valid becomes U+FFFD, as fail2ban does
 * after its warning.
 */
export interface LogEncoding extends Newline {
  /** The name after `auto` was resolved and aliases were folded. */
  readonly name: string;
  /**
   * True where every ASCII character of the text is the same byte in the file, so that bytes can be searched for literals and lines
   * end at byte 0x0A.
   */
  readonly asciiBytes: boolean;
  decode(bytes: Uint8Array): string;
  /** Whether `bytes` decode without loss. */
  isValid(bytes: Uint8Array): boolean;
  /** The bytes of `text` as a string of one character per byte; undefined where they are not known. */
  literal(text: string): string | undefined;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isAsciiText(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

const asciiLiteral = (text: string): string | undefined => (isAsciiText(text) ? text : undefined);

function utf8(): LogEncoding {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    name: 'utf-8',
    asciiBytes: true,
    unit: 1,
    newlineAt: 0,
    decode: (bytes) => decoder.decode(bytes),
    isValid: (bytes) => isUtf8(bytes),
    literal: (text) => Buffer.from(text, 'utf8').toString('latin1'),
  };
}

function latin1(): LogEncoding {
  return {
    name: 'iso-8859-1',
    asciiBytes: true,
    unit: 1,
    newlineAt: 0,
    decode: (bytes) => asBuffer(bytes).toString('latin1'),
    isValid: () => true,
    literal: (text) => (Buffer.from(text, 'latin1').toString('latin1') === text ? text : undefined),
  };
}

function ascii(): LogEncoding {
  return {
    name: 'ascii',
    asciiBytes: true,
    unit: 1,
    newlineAt: 0,
    decode: (bytes) =>
      asBuffer(bytes)
        .toString('latin1')
        .replaceAll(/[\x80-\xff]/g, '\ufffd'),
    isValid: (bytes) => bytes.every((byte) => byte < 0x80),
    literal: asciiLiteral,
  };
}

/** Bytes 0x80 to 0x9F of Windows-1252; U+FFFD where it has none. Written out because Node 20 decodes them as Latin-1. */
const windows1252High =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

function windows1252(): LogEncoding {
  const decode = (bytes: Uint8Array) =>
    asBuffer(bytes)
      .toString('latin1')
      .replaceAll(/[\x80-\x9f]/g, (character) => windows1252High[character.charCodeAt(0) - 0x80]!);
  return {
    name: 'windows-1252',
    asciiBytes: true,
    unit: 1,
    newlineAt: 0,
    decode,
    isValid: (bytes) => !decode(bytes).includes('\ufffd'),
    literal: asciiLiteral,
  };
}

/** Everything else that the platform decodes. */
function byLabel(label: string): LogEncoding | undefined {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label);
  } catch {
    return undefined;
  }
  const name = decoder.encoding;
  const wide = name === 'utf-16le' || name === 'utf-16be';
  const decode = (bytes: Uint8Array) => decoder.decode(bytes);
  return {
    name,
    // ISO-2022 switches alphabets with escape sequences that leave no trace in the text.
    asciiBytes: !wide && !name.startsWith('iso-2022'),
    unit: wide ? 2 : 1,
    newlineAt: name === 'utf-16be' ? 1 : 0,
    decode,
    isValid: (bytes) => !decode(bytes).includes('\ufffd'),
    literal: asciiLiteral,
  };
}

/** Python's spellings of an encoding's name, where the platform's differ. */
function platformLabel(name: string): string {
  const dashed = name.replaceAll('_', '-');
  const iso = /^(?:iso-?)?8859-(\d+)$/.exec(dashed);
  if (iso !== null) return `iso-8859-${iso[1]}`;
  const codepage = /^(?:cp|windows-?)(\d+)$/.exec(dashed);
  if (codepage !== null)
    return codepage[1] === '932'
      ? 'shift_jis'
      : codepage[1] === '936'
        ? 'gbk'
        : codepage[1] === '866'
          ? 'ibm866'
          : `windows-${codepage[1]}`;
  const named: Readonly<Record<string, string>> = {
    'utf-16': 'utf-16le',
    utf16: 'utf-16le',
    'utf-16-le': 'utf-16le',
    'utf-16-be': 'utf-16be',
    'shift-jis': 'shift_jis',
    sjis: 'shift_jis',
    'euc-kr': 'euc-kr',
    koi8: 'koi8-r',
    'mac-roman': 'macintosh',
  };
  return Object.hasOwn(named, dashed) ? named[dashed]! : dashed;
}

/**
 * @param name `logencoding` as written; `auto` is UTF-8, which is what the locale of every system says that f2b runs on.
 * @returns undefined for a name that stands for no encoding.
 */
export function openEncoding(name: string): LogEncoding | undefined {
  const folded = name.trim().toLowerCase();
  switch (folded.replaceAll(/[-_ ]/g, '')) {
    case '':
    case 'auto':
    case 'utf8':
    case 'u8':
    case 'utf8sig':
      return utf8();
    case 'latin1':
    case 'l1':
    case 'iso88591':
    case '88591':
    case 'cp819':
      return latin1();
    case 'ascii':
    case 'usascii':
    case '646':
      return ascii();
    case 'cp1252':
    case '1252':
    case 'windows1252':
      return windows1252();
    default:
      return byLabel(platformLabel(folded));
  }
}
