/** The exact matcher's stack: choices to come back to, and what to undo on the way. */

/** Tags of stack entries that are no choice points (those carry an instruction, 0 or more). Entries are three numbers. */
export const undoMark = -1;
export const frameMark = -2;
export const capturingSub = -3;
export const undoRegister = -4;
export const undoCounter = -5;

/** Above this many numbers (1 MiB) the memory is given back after the subject that needed it. */
const keptWords = 1 << 18;
const smallWords = 3 * 256;

export class BacktrackStack {
  /** Entries of three numbers: a tag or an instruction, and two operands. */
  data = new Int32Array(smallWords);
  /** Where the next entry goes. */
  top = 0;

  push(tag: number, x: number, y: number): void {
    const { top } = this;
    if (top + 3 > this.data.length) {
      const bigger = new Int32Array(this.data.length * 2);
      bigger.set(this.data);
      this.data = bigger;
    }
    const { data } = this;
    data[top] = tag;
    data[top + 1] = x;
    data[top + 2] = y;
    this.top = top + 3;
  }

  /** Drops choices and frames above `base`, keeps what backtracking past a sub-program must still undo. */
  keepUndo(base: number): void {
    const { data } = this;
    let kept = base;
    for (let at = base; at < this.top; at += 3) {
      const tag = data[at]!;
      if (tag !== undoMark && tag !== capturingSub) continue;
      data[kept] = tag;
      data[kept + 1] = data[at + 1]!;
      data[kept + 2] = data[at + 2]!;
      kept += 3;
    }
    this.top = kept;
  }

  /** Empties the stack, and gives back what an unusual subject made it grow to. */
  reset(): void {
    this.top = 0;
    if (this.data.length > keptWords) this.data = new Int32Array(smallWords);
  }
}
