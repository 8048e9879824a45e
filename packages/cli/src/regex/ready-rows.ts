import type { ReadyRows } from '@f2b/matcher';
import type { FailureFinder, ReadMatch } from './failures.js';
import type { Output } from './output.js';
import type { RowKeys } from './row-keys.js';

/** What has to be judged in full: whatever the scan wrote no row for, or what goes on with a known session. */
type JudgeFully = (read: ReadMatch, hasRow: boolean) => Promise<void>;

/**
 * Puts out the rows that the scan wrote, wherever they hold: where their line begins its session. Rows that follow each other go out in
 * one piece.
 * @returns how many there were
 */
export async function putOutRows(
  rows: ReadyRows,
  finder: FailureFinder,
  keys: RowKeys,
  out: Output,
  judge: JudgeFully,
): Promise<number> {
  const others = await finder.prepare(rows.matchesWithoutRow());
  let other = 0;
  let count = 0;
  let from = 0;
  let before = 0;
  for (let index = 0; index < rows.count; index++) {
    const start = before;
    const end = rows.end(index);
    before = end;
    if (end > start && begins(rows, index, finder, keys)) {
      count++;
      continue;
    }
    if (start > from) out.bytes(rows.bytes.subarray(from, start));
    from = end;
    if (end === start) await judge(others[other++]!, false);
    else {
      const match = rows.match(index);
      await judge({ match, groups: match.groups }, true);
    }
  }
  if (before > from) out.bytes(rows.bytes.subarray(from, before));
  finder.readBegun();
  keys.readBegun();
  if (out.full) await out.flush();
  return count;
}

function begins(rows: ReadyRows, index: number, finder: FailureFinder, keys: RowKeys): boolean {
  const key = rows.key(index);
  if (key === '') return true;
  if (keys.has(key)) return false;
  const match = rows.match(index);
  if (!finder.begin(key, match)) return false;
  keys.begin(key, match);
  return true;
}
