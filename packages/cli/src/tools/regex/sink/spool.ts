import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Bytes } from '@f2b/config';
import { CliError } from '../../../errors.js';

/** What may wait in memory. */
const mostHeld: Bytes = 1024 * 1024;

/**
 * Text that is printed later, after a figure that is known only when all of it is there. What is more than a little waits in a file that
 * nobody else can open, and which is gone with this process.
 */
export class Spool {
  #held: string[] = [];
  #heldChars = 0;
  #file: number | undefined;
  #length: Bytes = 0;

  /** @throws CliError `F2B_SPOOL` */
  add(text: string): void {
    this.#held.push(text);
    this.#heldChars += text.length;
    if (this.#heldChars > mostHeld) this.#store();
  }

  #store(): void {
    try {
      this.#file ??= privateFile();
      const bytes = Buffer.from(this.#held.join(''));
      for (let at = 0; at < bytes.length; )
        at += writeSync(this.#file, bytes, at, bytes.length - at, this.#length + at);
      this.#length += bytes.length;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new CliError('F2B_SPOOL', `cannot keep the lines that are to be listed in ${tmpdir()}: ${why}`);
    }
    this.#held = [];
    this.#heldChars = 0;
  }

  /** All of it, piece by piece. */
  *read(): Generator<string> {
    if (this.#file !== undefined) {
      const decoder = new StringDecoder();
      for (let at = 0; at < this.#length; ) {
        const chunk = Buffer.allocUnsafe(Math.min(1 << 16, this.#length - at));
        const read = readSync(this.#file, chunk, 0, chunk.length, at);
        if (read === 0) break;
        at += read;
        yield decoder.write(chunk.subarray(0, read));
      }
    }
    yield this.#held.join('');
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function privateFile(): number {
  const directory = mkdtempSync(join(tmpdir(), 'f2b-regex-'));
  try {
    return openSync(join(directory, 'lines'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
