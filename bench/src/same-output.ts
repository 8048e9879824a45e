import type { Output } from './outputs.js';

/** Two programs' outputs, line by line. */
export interface RowComparison {
  readonly rows: number;
  readonly different: number;
  /** The first lines that differ, ours and theirs. */
  readonly first: readonly [ours: string, theirs: string] | undefined;
}

/** The same of one output that both can print. */
export interface OutputComparison extends RowComparison {
  readonly output: Output;
}

/**
 * Compares what f2b and fail2ban-regex printed for one log. Of a report, whose head names the program and whose end says how long
 * it took, the line of counts is compared.
 */
export function compareOutputs(output: Output, ours: string, theirs: string): OutputComparison {
  const counts = (text: string) => /^Lines: .*$/m.exec(text)?.[0] ?? 'no line of counts';
  return {
    output,
    ...(output === 'report' ? compareTexts(counts(ours), counts(theirs)) : compareTexts(ours, theirs)),
  };
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
