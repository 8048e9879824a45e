import type { Bytes } from '@f2b/config';

/** Beyond this a buffer that one huge record has blown up is let go. */
const largestKept: Bytes = 1024 * 1024;

/** A text in bytes: a byte a character where that is enough, else two. Whatever the text holds, it comes back the same. */
const wideCharacter = /[^\0-\xff]/;

export function isWide(text: string): boolean {
  return wideCharacter.test(text);
}

/** Bytes that are written and read one behind the other. */
export class TextBytes {
  bytes: Buffer = Buffer.allocUnsafeSlow(4096);
  at = 0;

  begin(): void {
    this.at = 0;
    if (this.bytes.length > largestKept) this.bytes = Buffer.allocUnsafeSlow(4096);
  }

  /** Makes room for so many bytes in all. */
  readonly room = (length: Bytes): Buffer => {
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, this.bytes.length * 2));
      this.bytes.copy(larger);
      this.bytes = larger;
    }
    return this.bytes;
  };

  /** A whole number from 0 on, seven bits a byte. */
  writeNumber(value: number): void {
    const bytes = this.room(this.at + 8);
    let rest = value;
    while (rest > 127) {
      bytes[this.at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[this.at++] = rest;
  }

  readNumber(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte % 128) * unit;
      if (byte < 128) return value;
    }
  }

  writeDouble(value: number): void {
    this.at = this.room(this.at + 8).writeDoubleLE(value, this.at);
  }

  readDouble(): number {
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  writeText(text: string): void {
    const wide = isWide(text);
    this.writeNumber(text.length * 2 + Number(wide));
    this.writeCharacters(text, wide);
  }

  /** The characters alone: their number and whether they are wide is written elsewhere. */
  writeCharacters(text: string, wide: boolean): void {
    const bytes = this.room(this.at + text.length * (wide ? 2 : 1));
    this.at += wide ? bytes.write(text, this.at, 'utf16le') : bytes.write(text, this.at, 'latin1');
  }

  readText(): string {
    const head = this.readNumber();
    const wide = head % 2 === 1;
    return this.readCharacters(Math.floor(head / 2) * (wide ? 2 : 1), wide);
  }

  readCharacters(length: Bytes, wide: boolean): string {
    const from = this.at;
    this.at += length;
    return this.bytes.toString(wide ? 'utf16le' : 'latin1', from, this.at);
  }

  writeBytes(from: Buffer, start: Bytes, end: Bytes): void {
    from.copy(this.room(this.at + end - start), this.at, start, end);
    this.at += end - start;
  }
}
