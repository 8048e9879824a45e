import { readSync } from 'node:fs';
import type { Bytes } from '@f2b/config';
import type { FileRange } from '../scan/range.js';

const stretches = 4;
const stretchBytes: Bytes = 4 * 1024;

/** Some of an open file, from all over it: what tells a scan's filters which of their literals are rare there. */
export function sampleFile({ fd, start, end }: FileRange): Uint8Array {
  const sample = Buffer.allocUnsafe(stretches * stretchBytes);
  const step = Math.max(stretchBytes, Math.floor((end - start) / stretches));
  let length = 0;
  for (let at = start; at < end && length < sample.length; at += step) {
    length += readSync(fd, sample, length, Math.min(stretchBytes, end - at, sample.length - length), at);
  }
  return sample.subarray(0, length);
}
