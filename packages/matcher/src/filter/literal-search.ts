import type { Regex } from '../engines/engine.js';

function escaped(term: string): string {
  return term.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll(/[\x00-\x1f]/g, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/**
 * A search for any of `terms`. V8's engine may run it on log content: an alternation of plain literals compares each position
 * with each literal at most once, so its work is bounded by text length times the literals' length, whatever the text.
 */
export function literalSearch(terms: readonly string[], foldCase: boolean): RegExp {
  const sorted = [...new Set(terms)].sort();
  return new RegExp(sorted.map(escaped).join('|'), foldCase ? 'gi' : 'g');
}

/** A test that says no only where a text lacks every literal of the expression's most telling set. */
export function literalTest({ literals }: Regex): (subject: string) => boolean {
  if (literals === undefined || literals.alternatives.length === 0) return () => true;
  const { alternatives, foldCase } = literals;
  const [only] = alternatives;
  if (alternatives.length === 1 && !foldCase) return (subject) => subject.includes(only!);
  const search = literalSearch(alternatives, foldCase);
  return (subject) => subject.search(search) >= 0;
}
