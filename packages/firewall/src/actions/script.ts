import type { Bytes } from '@f2b/config';

/** A script of an action with its static tags replaced, taken apart at the tags that are left. */
export interface Script {
  readonly parts: readonly ScriptPart[];
  /** Names of the tags that are left, each once. */
  readonly tags: readonly string[];
}

type ScriptPart =
  | { readonly text: string }
  | {
      readonly tag: string;
      /** The tag stands inside single quotes, where the shell expands no variable. */
      readonly singleQuoted: boolean;
    };

/** What the shell is given: the script, and the values that its first line takes into variables. */
export interface BoundScript {
  readonly script: string;
  readonly values: readonly string[];
}

/** Linux takes no single argument of 128 KiB or more; a longer value (many matches) keeps its end, the newest lines. */
const valueLimit: Bytes = 96 * 1024;

/** Takes a script apart once; each ticket then only fills it in. */
export function readScript(source: string): Script {
  const parts: ScriptPart[] = [];
  const tags = new Set<string>();
  const quoted = singleQuotedPlaces(source);
  let from = 0;
  for (const match of source.matchAll(/<([^ <>]+)>/g)) {
    if (match.index > from) parts.push({ text: source.slice(from, match.index) });
    parts.push({ tag: match[1]!, singleQuoted: quoted(match.index) });
    tags.add(match[1]!);
    from = match.index + match[0].length;
  }
  if (from < source.length) parts.push({ text: source.slice(from) });
  return { parts, tags: [...tags] };
}

/**
 * Fills a script in for one ticket. fail2ban's rule: a value that a shell could read as more than a word is not put
 * into the script; the tag becomes a variable `$f2bV_<tag>`, and the script's first line sets it from a positional
 * parameter. Stricter here: only letters, digits and `_.:,/@%+=-` go in as they are, so that a blank cannot divide an
 * assignment into an assignment and a command. A value is never looked at for tags again.
 *
 * `tagValue` answers undefined for tags that do not exist; they stay as they are written.
 */
export function bindScript(script: Script, tagValue: (tag: string) => string | undefined): BoundScript {
  const values: string[] = [];
  const variables = new Map<string, string>();
  let text = '';
  for (const part of script.parts) {
    if ('text' in part) {
      text += part.text;
      continue;
    }
    const value = tagValue(part.tag);
    if (value === undefined) text += `<${part.tag}>`;
    else if (/^[\w.:,/@%+=-]*$/.test(value)) text += value;
    else {
      let variable = variables.get(part.tag);
      if (variable === undefined) {
        variable = variableOf(part.tag, new Set(variables.values()));
        variables.set(part.tag, variable);
        values.push(passable(value));
      }
      text += part.singleQuoted ? `'"$${variable}"'` : `$${variable}`;
    }
  }
  if (values.length === 0) return { script: text, values };
  // `$10` is `$1` and a zero to a shell; past nine the number needs braces.
  const assignments = [...variables.values()].map(
    (name, index) => `${name}=${index > 9 ? `\${${index}}` : `$${index}`}`,
  );
  return { script: `${assignments.join(' ')} \n${text}`, values };
}

/** `matches` is `f2bV_matches`; the captured group of `<F-USER>` is `f2bV_F_user`. Different tags never share one. */
function variableOf(tag: string, taken: ReadonlySet<string>): string {
  const name = /^F-[A-Z0-9_-]+$/.test(tag) ? `F_${tag.slice(2).toLowerCase()}` : tag;
  const plain = `f2bV_${name.replace(/\W/g, '_')}`;
  let variable = plain;
  for (let number = 2; taken.has(variable); number += 1) variable = `${plain}_${number}`;
  return variable;
}

/** Makes a value fit for an argument vector: no NUL, and not longer than the kernel takes. */
function passable(value: string): string {
  const whole = value.replaceAll('\0', '');
  if (Buffer.byteLength(whole) <= valueLimit) return whole;
  const bytes = Buffer.from(whole);
  // A cut inside a character would leave its last bytes: they decode to replacement characters and are dropped.
  return bytes
    .subarray(bytes.length - valueLimit)
    .toString('utf8')
    .replace(/^\ufffd+/, '');
}

/**
 * Finds out where a script stands in single quotes. It knows quotes, backslashes, comments and `$(…)`; here-documents
 * it does not. A wrong answer changes how a value is split into words, and nothing worse: it is a variable either way.
 */
function singleQuotedPlaces(source: string): (index: number) => boolean {
  const ranges: [from: number, to: number][] = [];
  const stack: ('"' | '(')[] = [];
  for (let index = 0; index < source.length; index += 1) {
    const char = source[index]!;
    const inDouble = stack.at(-1) === '"';
    if (char === '\\') index += 1;
    else if (char === '"') {
      if (inDouble) stack.pop();
      else stack.push('"');
    } else if (char === '$' && source[index + 1] === '(') {
      stack.push('(');
      index += 1;
    } else if (inDouble) continue;
    else if (char === '(') stack.push('(');
    else if (char === ')' && stack.at(-1) === '(') stack.pop();
    else if (char === '#' && /^$|\s/.test(source[index - 1] ?? '')) {
      const end = source.indexOf('\n', index);
      index = end < 0 ? source.length : end;
    } else if (char === "'") {
      const end = source.indexOf("'", index + 1);
      ranges.push([index, end < 0 ? source.length : end]);
      index = end < 0 ? source.length : end;
    }
  }
  return (index) => ranges.some(([from, to]) => index > from && index < to);
}
