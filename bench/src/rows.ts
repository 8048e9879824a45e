/** Two programs' outputs, line by line. */
export interface RowComparison {
  readonly rows: number;
  readonly different: number;
  /** The first lines that differ, ours and theirs. */
  readonly first: readonly [ours: string, theirs: string] | undefined;
}

/** Compares two texts line by line, in order; a line that only one of them has counts as different. */
export function compareTexts(ours: string, theirs: string): RowComparison {
  const [a, b] = [linesOf(ours), linesOf(theirs)];
  const rows = Math.max(a.length, b.length);
  let different = 0;
  let first: RowComparison['first'];
  for (let row = 0; row < rows; row++) {
    if (a[row] === b[row]) continue;
    different++;
    first ??= [a[row] ?? '', b[row] ?? ''];
  }
  return { rows, different, first };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
