import type { Bytes } from '@f2b/config';
import type { ListedLines } from '../failures.js';

/** The kept lines as texts. */
export function* listedTexts({ lines, ends, text }: ListedLines): Generator<{ line: number; text: string }> {
  const { buffer, byteOffset }: { buffer: ArrayBufferLike; byteOffset: Bytes } = text;
  for (let index = 0, from = 0; index < lines.length; from = ends[index]!, index++) {
    yield { line: lines[index]!, text: Buffer.from(buffer, byteOffset + from, ends[index]! - from).toString() };
  }
}
