import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Bytes } from '@f2b/config';
import { behindLastNewline, type Newline, wholeUnits } from '@f2b/matcher';
import { CliError } from '../../errors.js';

const blockBytes: Bytes = 1024 * 1024;
/** A line that has no end within this much is cut: it is over the cap by far. */
const longestTail: Bytes = 8 * 1024 * 1024;

/**
 * The whole lines of a gzipped log, block by block; at its end also what has no newline. However much it unpacks to, a few blocks of it
 * are held at a time.
 * @throws CliError `F2B_LOG_UNREADABLE`
 */
export async function* gunzipLines(path: string, newline: Newline): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  try {
    const unpacked = createReadStream(path).compose(createGunzip({ chunkSize: 256 * 1024 })) as AsyncIterable<Buffer>;
    for await (const chunk of unpacked) {
      held.push(chunk);
      length += chunk.length;
      if (length < blockBytes) continue;
      const all = Buffer.concat(held);
      const end = behindLastNewline(all, newline) || (length > longestTail ? wholeUnits(length, newline) : 0);
      if (end > 0) yield all.subarray(0, end);
      held = end < length ? [Buffer.from(all.subarray(end))] : [];
      length -= end;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError('F2B_LOG_UNREADABLE', `cannot unpack the log ${path}: ${why}`);
  }
  if (length > 0) yield Buffer.concat(held);
}
