import { sessionKey } from '@f2b/core';
import type { ReadyRows } from '@f2b/matcher';
import { BegunSessions } from './begun-sessions.js';
import type { Output } from './output.js';
import type { RowKeys } from './row-keys.js';
import type { ReadMatch, Verdicts } from './verdict.js';

/** What has to be judged in full: whatever the scan wrote no row for, or what goes on with a known session. */
type JudgeFully = (read: ReadMatch, hasRow: boolean) => Promise<void>;

/** Puts out the rows that the scan wrote, wherever they hold: where their line begins its session. */
export class RowOutput {
  readonly #verdicts: Verdicts;
  readonly #begun: BegunSessions;
  readonly #out: Output;
  readonly #judge: JudgeFully;

  constructor(verdicts: Verdicts, keys: RowKeys, out: Output, judge: JudgeFully) {
    this.#verdicts = verdicts;
    this.#begun = new BegunSessions(verdicts, keys);
    this.#out = out;
    this.#judge = judge;
  }

  /**
   * Puts out the rows of one part of the log. Rows that follow each other go out in one piece.
   * @returns how many there were
   */
  async put(rows: ReadyRows): Promise<number> {
    const out = this.#out;
    const others = await this.#verdicts.prepare(rows.matchesWithoutRow());
    let other = 0;
    let count = 0;
    let from = 0;
    let before = 0;
    for (let index = 0; index < rows.count; index++) {
      const start = before;
      const end = rows.end(index);
      before = end;
      if (end > start && this.#begun.begin(rows, index)) {
        count++;
        continue;
      }
      if (start > from) out.bytes(rows.bytes.subarray(from, start));
      from = end;
      if (end === start) await this.#judgeOne(others[other++]!, false);
      else {
        const match = rows.match(index);
        await this.#judgeOne({ match, groups: match.groups }, true);
      }
    }
    if (before > from) out.bytes(rows.bytes.subarray(from, before));
    // The rows' memory is used again for later ones.
    this.#begun.keep();
    if (out.full || out.borrows) await out.flush();
    return count;
  }

  async #judgeOne(read: ReadMatch, hasRow: boolean): Promise<void> {
    const mlfid = read.groups.get('mlfid');
    if (mlfid === undefined) return await this.#judge(read, hasRow);
    const key = sessionKey(mlfid);
    this.#begun.settle(key);
    await this.#judge(read, hasRow);
    this.#begun.judged(key);
  }
}
