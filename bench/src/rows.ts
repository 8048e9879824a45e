/** Two programs' outputs, line by line. */
export interface RowComparison {
  readonly rows: number;
  readonly different: number;
  /** The first lines that differ, ours and theirs. */
  readonly first: readonly [ours: string, theirs: string] | undefined;
}

/** Compares two outputs line by line, in order; a line that only one of them has counts as different, the order within a set does not. */
export function compareTexts(ours: string, theirs: string): RowComparison {
  const [a, b] = [linesOf(ours), linesOf(theirs)];
  const rows = Math.max(a.length, b.length);
  let different = 0;
  let first: RowComparison['first'];
  for (let row = 0; row < rows; row++) {
    if (a[row] === b[row] || ordered(a[row] ?? '') === ordered(b[row] ?? '')) continue;
    different++;
    first ??= [a[row] ?? '', b[row] ?? ''];
  }
  return { rows, different, first };
}

const pythonSet = /\{'(?:[^'\\]|\\.)*'(?:, '(?:[^'\\]|\\.)*')+\}/g;

/** Python prints the members of a set in another order in each process. */
function ordered(row: string): string {
  return row.replace(pythonSet, (set) => `{${set.slice(1, -1).split(', ').sort().join(', ')}}`);
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
