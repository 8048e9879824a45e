import type { Command, ShellReading } from './shell-syntax.js';

interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Evaluation {
  /** Whether anything that a variable holds is looked at. */
  readonly evaluates: boolean;
  /** From where it may come. */
  readonly ranges: readonly Range[];
}

/** Stands for `$1`, `$@` and their like among the names of variables. */
const positional = '$';

/**
 * Where values get into variables that bash then looks at as an expression: `n=<tag>; echo $((n + 1))`. It evaluates what a variable
 * holds, and a subscript in there (`a[$(…)]`) is expanded, so such a value runs commands without any `eval`.
 */
export function evaluatedTags(source: string, { commands, functions, evaluated }: ShellReading): Evaluation {
  const names = new Set(evaluated.flatMap(namesIn));
  for (const command of commands) for (const name of namesEvaluatedBy(command, source)) names.add(name);
  const subscripts = commands.flatMap(({ assignments }) =>
    assignments.flatMap((word) => subscriptOf(word, source) ?? []),
  );
  if (names.size === 0) return { evaluates: false, ranges: subscripts };
  const entries = commands.flatMap((command) => entriesOf(command, source, functions));
  // What is copied into such a variable comes from others.
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const { into, ranges } of entries) {
      if (into !== undefined && !into.some((name) => names.has(name))) continue;
      for (const { from, to } of ranges) for (const name of expandedIn(source.slice(from, to))) names.add(name);
    }
  }
  const reached = entries.filter(({ into }) => into === undefined || into.some((name) => names.has(name)));
  return { evaluates: true, ranges: [...subscripts, ...reached.flatMap(({ ranges }) => ranges)] };
}

/** A way of text into variables; `into` is undefined where they cannot be told. */
interface Entry {
  readonly into: readonly string[] | undefined;
  readonly ranges: readonly Range[];
}

function entriesOf(command: Command, source: string, functions: boolean): readonly Entry[] {
  const { assignments, words, redirections, pipedFrom, from } = command;
  const entries: Entry[] = assignments.map((word) => ({ into: namesIn(word.text).slice(0, 1), ranges: [word] }));
  const name = words[0]?.text ?? '';
  const rest = words.slice(1);
  if (/^(?:for|select)$/.test(name)) entries.push({ into: namesIn(rest[0]?.text ?? ''), ranges: rest.slice(1) });
  else if (/^(?:export|declare|local|readonly|typeset)$/.test(name)) {
    for (const word of rest) entries.push({ into: namesIn(word.text).slice(0, 1), ranges: [word] });
  } else if (name === 'set') entries.push({ into: [positional], ranges: rest });
  else if (name === 'printf' && rest[0]?.text === '-v') {
    entries.push({ into: namesIn(rest[1]?.text ?? ''), ranges: rest.slice(2) });
  } else if (/^(?:read|mapfile|readarray)$/.test(name)) {
    // What a loop around it reads stands anywhere.
    const given: readonly Range[] = redirections.map(({ target, document }) => document ?? target);
    const ranges: readonly Range[] = pipedFrom === undefined ? given : [{ from: pipedFrom, to: from }];
    const into = rest.flatMap(({ text }) => namesIn(text));
    entries.push({ into, ranges: ranges.length === 0 ? [{ from: 0, to: source.length }] : ranges });
  } else if (functions) entries.push({ into: [positional], ranges: rest });
  return entries;
}

function namesEvaluatedBy({ words, assignments }: Command, source: string): readonly string[] {
  const name = words[0]?.text ?? '';
  const options = words.map(({ text }) => text);
  const all = () => words.slice(1).flatMap(({ from, to }) => namesIn(source.slice(from, to)));
  if (name === 'let' || name === '((') return all();
  if (name === '[[' && options.some((text) => /^-(?:eq|ne|lt|le|gt|ge|v)$/.test(text))) return all();
  if (/^(?:test|\[)$/.test(name) && options.includes('-v')) return all();
  if (/^(?:declare|typeset|local|readonly|export)$/.test(name) && options.some((text) => /^-\w*[in]/.test(text))) {
    return all();
  }
  return assignments.flatMap((word) => {
    const subscript = subscriptOf(word, source);
    return subscript === undefined ? [] : namesIn(source.slice(subscript.from, subscript.to));
  });
}

/** The subscript of an assignment to an element of an array. */
function subscriptOf({ from, to }: Range, source: string): Range | undefined {
  const open = /^\w+\[/.exec(source.slice(from, to));
  const close = source.indexOf(']', from);
  if (open === null || close < 0 || close > to) return undefined;
  return { from: from + open[0].length, to: close };
}

function namesIn(text: string): string[] {
  const names: string[] = text.match(/[A-Za-z_]\w*/g) ?? [];
  return /\$\{?[!#]?[\d@*]/.test(text) ? [...names, positional] : names;
}

function expandedIn(text: string): string[] {
  const names = [...text.matchAll(/\$\{?[!#]?([A-Za-z_]\w*)/g)].map(([, name]) => name!);
  return /\$\{?[!#]?[\d@*]/.test(text) ? [...names, positional] : names;
}
