import type { Bytes } from '@f2b/config';
import { behindFirstNewline, behindLastNewline, type Newline, type ScanResult } from '@f2b/matcher';
import type { Files } from '../sources/files/files.js';
import type { Block } from '../sources/source.js';

/** What is scanned at one go on the main thread: a few milliseconds' work. */
const pieceBytes: Bytes = 32 * 1024;

/** Some whole lines of a block. */
export interface Piece {
  readonly bytes: Buffer;
  /** Where they stand in the file. */
  readonly start: Bytes;
  readonly generation: number;
}

/** A way of scanning one log's blocks, for one jail or for several at once. */
export interface ScanLane {
  /** Its blocks may go to the pool's workers. */
  readonly pooled: boolean;
  /** The pool knows it by this; several logs may have the same. */
  readonly key: string;
  /** Part of a line is here whose rest has not come: the place behind it may not be kept yet. */
  readonly waits?: boolean;
  /** How the log's lines end. */
  readonly newline: Newline;
  /** Begins the scan of a block elsewhere; undefined: its pieces are scanned here, when its turn has come. */
  begin(block: Block): Promise<ScanResult> | undefined;
  /**
   * Scans a piece here. Pieces come in order, so that a scan may have state.
   * @throws what keeps it from being scanned
   */
  scan(piece: Piece): ScanResult;
  close(): void;
}

/**
 * Divides a block into pieces of whole lines, read from the file where the block does not hold its bytes.
 * @throws Node's error when the file cannot be read
 */
export function piecesOf(block: Block, files: Files, newline: Newline): readonly Piece[] {
  const { start, generation } = block;
  const bytes = block.bytes ?? readBlock(block, files);
  const pieces: Piece[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = pieceEnd(bytes, from, newline);
    pieces.push({ bytes: bytes.subarray(from, to), start: start + from, generation });
    from = to;
  }
  return pieces;
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
