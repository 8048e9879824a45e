import type { Failure } from '../jails/book/failures.js';

/** A shell script whose values arrive as arguments and never as text of the script. */
export interface ShellScript {
  readonly script: string;
  /** `$0`, `$1`, … of the script. */
  readonly values: readonly string[];
}

type Quoting = 'none' | 'single' | 'double';

/** How a variable stands for exactly its value, by the quotes that it stands in. */
const references: Readonly<Record<Quoting, (name: string) => string>> = {
  none: (name) => `"$${name}"`,
  double: (name) => `\${${name}}`,
  single: (name) => `'"$${name}"'`,
};

/**
 * Fills the tags of an ignorecommand: `<ip>`, `<fid>`, `<F-NAME>` and a few more. Every value comes from a log line and is
 * hostile, so each goes into a shell variable (`$f2bV_…`) and none into the script; what the administrator wrote stays
 * as it is. Captured groups that are missing are empty, unknown tags stay.
 */
export function shellScript(command: string, failure: Failure): ShellScript {
  const names: string[] = [];
  const values: string[] = [];
  let body = '';
  let quoting: Quoting = 'none';
  for (const [piece] of command.matchAll(/\\.|<[A-Za-z][A-Za-z0-9_-]*>|./gs)) {
    const value = piece.length > 2 ? valueOfTag(piece.slice(1, -1), failure) : undefined;
    if (value === undefined) {
      body += piece;
      quoting = quotingAfter(quoting, piece);
      // A backslash between single quotes is only a backslash: what follows it may end the quotes.
      if (quoting === 'single' && piece === "\\'") quoting = 'none';
      continue;
    }
    const name = `f2bV_${piece.slice(1, -1).replaceAll('-', '_')}`;
    if (!names.includes(name)) {
      names.push(name);
      values.push(value.replaceAll('\0', ''));
    }
    body += references[quoting](name);
  }
  const assignments = names.map((name, index) => `${name}=\${${index}}`);
  return { script: names.length === 0 ? body : `${assignments.join(' ')}\n${body}`, values };
}

function quotingAfter(quoting: Quoting, piece: string): Quoting {
  if (piece === "'" && quoting !== 'double') return quoting === 'single' ? 'none' : 'single';
  if (piece === '"' && quoting !== 'single') return quoting === 'double' ? 'none' : 'double';
  return quoting;
}

function valueOfTag(tag: string, { who, time, matches, data }: Failure): string | undefined {
  switch (tag) {
    case 'ip':
      return who.ip;
    case 'fid':
      return who.id;
    case 'family':
      return who.family ?? '';
    case 'time':
      return String(time / 1000);
    case 'matches':
      return matches.join('\n');
  }
  if (!tag.startsWith('F-')) return undefined;
  const value = data.get(tag.slice(2).toLowerCase());
  return typeof value === 'string' ? value : (value?.map((part) => part ?? '').join(' ') ?? '');
}
