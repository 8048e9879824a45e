import type { Bytes } from '@f2b/config';
import type { Files } from '../sources/files/files.js';

const sampleBytes: Bytes = 64 * 1024;

/** What was written last to a log, some hundred lines; undefined when there is nothing to be had. */
export function lastLines(files: Files, path: string): Buffer | undefined {
  try {
    const { kind, size } = files.stat(path);
    if (kind !== 'file' || size === 0) return undefined;
    const fd = files.open(path);
    try {
      const bytes = Buffer.allocUnsafeSlow(Math.min(size, sampleBytes));
      return bytes.subarray(0, files.read(fd, bytes, size - bytes.length));
    } finally {
      files.close(fd);
    }
  } catch {
    // The log's own reading tells what is wrong with it.
    return undefined;
  }
}
