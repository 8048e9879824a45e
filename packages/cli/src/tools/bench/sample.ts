import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Bytes } from '@f2b/config';
import { sampleFile } from '@f2b/matcher';

/** A stretch of a log to be read. */
export interface Stretch {
  readonly start: Bytes;
  readonly length: Bytes;
}

const stretchBytes: Bytes = 1024 * 1024;

/** Stretches spread evenly over a file of `size` bytes, at most `most` bytes of it; a small file whole. */
export function spreadStretches(size: Bytes, most: Bytes): Stretch[] {
  const count = Math.ceil(Math.min(size, most) / stretchBytes);
  const step = size <= most ? stretchBytes : Math.floor(size / count);
  return Array.from({ length: count }, (_, index) => ({
    start: index * step,
    length: Math.min(stretchBytes, size - index * step),
  }));
}

/** Reads the stretches of a log, one after the other into the same buffer. */
export class SampleReader {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(stretchBytes);
  readonly #stretches: readonly Stretch[];

  constructor(path: string, most: Bytes) {
    this.#fd = openSync(path, 'r');
    this.#stretches = spreadStretches(fstatSync(this.#fd).size, most);
  }

  /** Whole lines: what stands before the first newline of a stretch in the middle, and behind its last one, is left out. */
  read(each: (lines: Buffer) => void): void {
    for (const { start, length } of this.#stretches) {
      const got = readSync(this.#fd, this.#buffer, 0, length, start);
      const bytes = this.#buffer.subarray(0, got);
      const from = start === 0 ? 0 : bytes.indexOf(0x0a) + 1;
      const to = bytes.lastIndexOf(0x0a) + 1;
      if (to > from) each(bytes.subarray(from, to));
    }
  }

  /** Some of the log, as a scan has it that chooses its literals. */
  few(): Uint8Array {
    return sampleFile({ fd: this.#fd, start: 0, end: fstatSync(this.#fd).size });
  }

  close(): void {
    closeSync(this.#fd);
  }
}
