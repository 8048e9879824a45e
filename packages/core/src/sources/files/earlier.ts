import type { Bytes } from '@f2b/config';
import { type Block, type FilePlace, marksOf } from '../source.js';
import type { Files } from './files.js';
import { Held } from './held.js';
import type { ChooseStart } from './log-file.js';
import type { ReadLimits } from './log-parts.js';

/** Which lines somebody missed who joins the reading of a file. */
export interface Missed {
  readonly path: string;
  readonly files: Files;
  readonly limits: ReadLimits;
  /** Where they begin, unless an earlier process left a place that fits. */
  readonly start: ChooseStart;
  readonly resume: FilePlace | undefined;
  /** Where the others stand: everything from here on comes to all. */
  readonly until: Bytes;
}

/**
 * The lines of a file before the place where its reading stands, for a jail that joins late. The last block may reach beyond `until`.
 * @throws Node's error when the file cannot be read
 */
export function* earlierBlocks({ path, files, limits, start, resume, until }: Missed): Generator<Block> {
  const fd = files.open(path);
  let held: Held | undefined;
  try {
    const state = files.state(fd);
    if (state.kind !== 'file') return;
    held = new Held(fd, state, { log: path, files, limits, tell: () => {}, nextGeneration: () => 0 });
    if (!held.resume(marksOf(resume))) held.log.startAt(start({ fd, size: state.size }));
    let reached = held.log.mark.offset;
    while (reached < until) {
      const block = held.next(false, () => undefined);
      if (block === undefined) return;
      if (block === 'again' || block === 'fresh') continue;
      yield block;
      reached = block.end;
    }
  } finally {
    files.close(fd);
  }
}
