import type { Bytes } from '@f2b/config';
import { behindFirstNewline, behindLastNewline, type Newline, type ScanResult } from '@f2b/matcher';
import type { Block } from '../sources/files/block.js';
import type { Files } from '../sources/files/files.js';

/** What is scanned at one go on the main thread: a few milliseconds' work. */
const pieceBytes: Bytes = 32 * 1024;

/** A result, and where in the file its offsets count from. */
export interface PieceResult {
  readonly result: ScanResult;
  readonly start: Bytes;
}

/** A way of scanning one log's blocks, for one jail or for several at once. */
export interface ScanLane {
  /** Its blocks may go to the pool's workers. */
  readonly pooled: boolean;
  /** Begins the scan of a block elsewhere; undefined: it is scanned by `pieces`, when its turn has come. */
  begin(block: Block): Promise<ScanResult> | undefined;
  /** Scans a block here, piece by piece; the caller lets others go first in between. */
  pieces(block: Block): Generator<PieceResult>;
  close(): void;
}

/** Divides a block into pieces of whole lines, read from the file where the block does not hold its bytes. */
export function* piecesOf(block: Block, files: Files, newline: Newline): Generator<{ bytes: Buffer; start: Bytes }> {
  const bytes = block.bytes ?? readBlock(block, files);
  for (let from = 0; from < bytes.length; ) {
    const to = pieceEnd(bytes, from, newline);
    yield { bytes: bytes.subarray(from, to), start: block.start + from };
    from = to;
  }
}

function pieceEnd(bytes: Buffer, from: Bytes, newline: Newline): Bytes {
  if (bytes.length - from <= pieceBytes) return bytes.length;
  const behind = behindLastNewline(bytes, newline, from, from + pieceBytes);
  return behind || behindFirstNewline(bytes, newline, from) || bytes.length;
}

function readBlock({ fd, start, end }: Block, files: Files): Buffer {
  const bytes = Buffer.allocUnsafe(end - start);
  return bytes.subarray(0, files.read(fd, bytes, start));
}
