import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** How a file is compressed, and what unpacks it. */
export interface Compression {
  readonly name: string;
  readonly begin: readonly number[];
  readonly unpack: string;
}

/** How compressed files begin; rotation leaves such logs behind. */
const compressed: readonly Compression[] = [
  { name: 'gzip', begin: [0x1f, 0x8b], unpack: 'zcat' },
  { name: 'bzip2', begin: [0x42, 0x5a, 0x68], unpack: 'bzcat' },
  { name: 'xz', begin: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: 'xzcat' },
  { name: 'zstd', begin: [0x28, 0xb5, 0x2f, 0xfd], unpack: 'zstdcat' },
];

/** Undefined: not compressed, no regular file, or one that cannot be read, which is told by whoever reads it. */
export function compressionOf(path: string): Compression | undefined {
  try {
    // Whoever opens a pipe takes from it what is read.
    if (!statSync(path).isFile()) return undefined;
    const fd = openSync(path, 'r');
    try {
      const begin = Buffer.alloc(6);
      const read = readSync(fd, begin, 0, begin.length, 0);
      return compressed.find((one) => read >= one.begin.length && one.begin.every((byte, at) => begin[at] === byte));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
