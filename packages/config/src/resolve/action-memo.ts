import type { ConfigSet } from '../library/library.js';
import { type Traced, traced } from '../syntax/traced.js';

/**
 * Most jails of a tree call the same action with the same arguments, only their values differ (name, port). What the
 * action's files say is then resolved once, with a mark in the place of each value, and filled in for each jail.
 */

/** Begins a mark: half of a surrogate pair, which text decoded from UTF-8 cannot hold. The argument's number follows. */
const mark = '\ud800';
/** Numbers of arguments are one character each. */
const firstNumber = 48;
const maxArguments = 64;
/** Longer values are left to the way that guards the limits at each step. */
const longestValue = 1_000;
/** Characters that all commands together may have at most, their values filled in. */
const maxTexts = 256 * 1024;

/** Resolved texts of one action file for one list of argument names. */
export interface ActionTexts<Name> {
  readonly commands: readonly (readonly [Name, string])[];
  readonly params: readonly (readonly [string, string])[];
  readonly missing: boolean;
}

/**
 * What `resolve` says to these arguments, from a template where it may be: values that hold what interpolation or tags give
 * a meaning to are part of the template, and it depends on nothing but the arguments.
 *
 * @param resolve the plain way. `lookedBeyond` is to be called when it looks at anything of the jail beside the arguments, and
 *   is undefined where nobody wants to know
 */
export function rememberedTexts<Name>(
  cache: TextsMemo<Name>,
  set: ConfigSet,
  args: ReadonlyMap<string, Traced>,
  resolve: (args: ReadonlyMap<string, Traced>, lookedBeyond?: () => void) => ActionTexts<Name>,
): ActionTexts<Name> {
  if (args.size > maxArguments) return resolve(args);
  let names = '';
  const values: string[] = [];
  for (const [name, { text }] of args) {
    if (isPlain(text)) {
      names += `${name}\n`;
      values.push(text);
    } else names += `${name}=${text.length}:${text}\n`;
  }
  let templates = cache.get(set);
  if (!templates) {
    templates = new Map();
    cache.set(set, templates);
  }
  let template = templates.get(names);
  // The first jail goes the plain way: most actions are called once.
  if (template === undefined) {
    templates.set(names, null);
    return resolve(args);
  }
  if (template === null) {
    template = makeTemplate(args, resolve) ?? false;
    templates.set(names, template);
  }
  if (template === false) return resolve(args);
  return {
    commands: template.commands.map(([name, pieces]) => [name, fill(pieces, values)] as const),
    params: template.params.map(([name, pieces]) => [name, fill(pieces, values)] as const),
    missing: template.missing,
  };
}

/** By file, and by the arguments' names with those values that are part of the template. Null: seen once. False: the file cannot have one. */
export type TextsMemo<Name> = WeakMap<ConfigSet, Map<string, Template<Name> | null | false>>;

/** The texts, cut at the marks: each piece but the first begins with the number of the argument before it. */
interface Template<Name> {
  readonly commands: readonly (readonly [Name, readonly string[]])[];
  readonly params: readonly (readonly [string, readonly string[]])[];
  readonly missing: boolean;
}

function makeTemplate<Name>(
  args: ReadonlyMap<string, Traced>,
  resolve: (args: ReadonlyMap<string, Traced>, lookedBeyond?: () => void) => ActionTexts<Name>,
): Template<Name> | undefined {
  const marked = new Map<string, Traced>();
  let number = firstNumber;
  for (const [name, value] of args) {
    marked.set(name, isPlain(value.text) ? traced(mark + String.fromCharCode(number++), undefined) : value);
  }
  let depends = false;
  let texts: ActionTexts<Name>;
  try {
    texts = resolve(marked, () => {
      depends = true;
    });
  } catch {
    // The plain way will say what is wrong, in words that hold the real values.
    return undefined;
  }
  if (depends) return undefined;
  let characters = 0;
  const commands: (readonly [Name, readonly string[]])[] = [];
  for (const [name, text] of texts.commands) {
    const pieces = text.split(mark);
    characters += text.length + pieces.length * longestValue;
    commands.push([name, pieces]);
  }
  if (characters > maxTexts) return undefined;
  return {
    commands,
    params: texts.params.map(([name, text]) => [name, text.split(mark)] as const),
    missing: texts.missing,
  };
}

/** Whether a value stands for itself wherever it is put in. Others belong to the template. */
function isPlain(text: string): boolean {
  return text.length <= longestValue && !text.includes('%') && !text.includes('<') && !text.includes('>');
}

function fill(pieces: readonly string[], values: readonly string[]): string {
  let text = pieces[0]!;
  for (let index = 1; index < pieces.length; index++) {
    const piece = pieces[index]!;
    text += values[piece.charCodeAt(0) - firstNumber]! + piece.slice(1);
  }
  return text;
}

/** Whether a tag that was looked up was put together with a value: `<mode-<name>>`. */
export function isMadeOfArgument(tag: string): boolean {
  return tag.includes(mark);
}
