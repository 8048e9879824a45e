import type { Bytes } from '@f2b/config';
import { type Concern, type Form, type Place, placesOf, unknownPlace } from './places.js';
import { tagMark } from './shell-syntax.js';
import { isDynamicTag, isOurs } from './tags.js';

/** A script with its static tags replaced, taken apart at the tags that are left. */
export interface Script {
  readonly parts: readonly ScriptPart[];
  /** Names of the tags that are left, each once. */
  readonly tags: readonly string[];
}

interface TagPart extends Place {
  readonly tag: string;
  /** Where it stands in the script. */
  readonly at: number;
}
type ScriptPart = { readonly text: string } | TagPart;

/** What the shell is given: the script, and the values that its first line takes into variables. */
export interface BoundScript {
  readonly script: string;
  readonly values: readonly string[];
}

/** Linux takes no single argument of 128 KiB or more; a longer value (many matches) keeps its end, the newest lines. */
const valueLimit: Bytes = 96 * 1024;
/** What is longer, the kernel does not run, and what has more tags nobody has written: neither is worth the time to be studied. */
const studiedLength = 128 * 1024;
const studiedTags = 200;

/** Takes a script apart once; each ticket then only fills it in. */
export function readScript(text: string): Script {
  const source = text.replaceAll('\0', '');
  const found = [...source.matchAll(/<([^ <>]+)>/g)].filter((match) => isDynamicTag(match[1]!));
  let marked = '';
  let from = 0;
  for (const { 0: whole, index } of found) {
    marked += source.slice(from, index) + tagMark;
    from = index + whole.length;
  }
  const studied = found.length > 0 && found.length <= studiedTags && source.length <= studiedLength;
  const places = studied ? placesOf(marked + source.slice(from)) : [];
  const parts: ScriptPart[] = [];
  from = 0;
  for (const [number, match] of found.entries()) {
    if (match.index > from) parts.push({ text: source.slice(from, match.index) });
    // A tag that the reading of the script passed over stands nowhere that is known.
    const place = places.length === found.length ? places[number]! : unknownPlace;
    parts.push({ tag: match[1]!, at: match.index, ...place });
    from = match.index + match[0].length;
  }
  if (from < source.length) parts.push({ text: source.slice(from) });
  return { parts, tags: [...new Set(found.map((match) => match[1]!))] };
}

/** The tags of a script whose values cannot stand there as they are, with their place in the script. */
export function concernsOf(script: Script): readonly { tag: string; at: number; concern: Concern }[] {
  return script.parts.flatMap((part) => {
    // An address arrives as it is wherever it stands.
    if ('text' in part || part.concern === undefined || part.tag === 'ip' || isOurs(part.tag)) return [];
    return [{ tag: part.tag, at: part.at, concern: part.concern }];
  });
}

/**
 * Fills a script in for one ticket. fail2ban's rule: a value that a shell could read as more than a word is not put
 * into the script; the tag becomes a variable `f2bV_<tag>`, and the script's first line sets it from a positional
 * parameter. Here the variable also stays one word where no quotes are around it, is handed on to a shell inside this one that
 * expands it, and where a value would become text of another program, what is left of it are harmless characters.
 * A value is never looked at for tags again.
 *
 * `tagValue` answers undefined for tags that do not exist; they stay as they are written.
 */
export function bindScript(script: Script, tagValue: (tag: string) => string | undefined): BoundScript {
  const variables = new Variables();
  let text = '';
  for (const part of script.parts) {
    if ('text' in part) {
      text += part.text;
      continue;
    }
    const value = tagValue(part.tag);
    if (value === undefined) text += `<${part.tag}>`;
    else if (isOurs(part.tag) && plain.test(value)) text += value;
    else if (isAddress(value)) text += value;
    else text += written(part, value, variables);
  }
  return { script: variables.prologue() + text, values: variables.values };
}

const plain = /^[\w.:,/@%+=-]*$/;

function written(part: TagPart, value: string, variables: Variables): string {
  if (part.form !== 'exact' && part.form !== 'mail') return reduced(value, part.form);
  if (plain.test(value)) return value;
  const mailed = part.form === 'mail';
  const name = variables.take(part.tag, mailed ? value.replace(/^~+/gm, '') : value, mailed, part.inherited);
  return part.quote ? `"\${${name}}"` : `\${${name}}`;
}

/** What is left of a value where it becomes text of a program. */
function reduced(value: string, form: Exclude<Form, 'exact' | 'mail'>): string {
  if (form === 'nothing') return '';
  if (form === 'bare') return value.replace(/[^\w.:@]+/g, '_');
  if (form === 'marked') return `_${reduced(value, 'bare')}`;
  const kept = value.replace(/\s/g, form === 'tight' ? '_' : ' ').replace(/[^\w.:,/@%+= -]/g, '');
  // An option is for the administrator to give.
  return kept.replace(/(^| )-+/g, '$1');
}

/** Numbers, addresses and networks mean what they say in every program. */
function isAddress(value: string): boolean {
  return /^(?:\d+(?:\.\d+)*|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?:\/\d{1,3})?$/.test(value);
}

/** The variables of one script, each value once. */
class Variables {
  readonly values: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #inherited = new Set<string>();

  take(tag: string, value: string, mailed: boolean, inherited: boolean): string {
    const key = mailed ? `${tag} mailed` : tag;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = variableOf(tag, mailed ? '_mailed' : '', new Set(this.#names.values()));
      this.#names.set(key, name);
      this.values.push(passable(value));
    }
    if (inherited) this.#inherited.add(name);
    return name;
  }

  prologue(): string {
    if (this.values.length === 0) return '';
    // `$10` is `$1` and a zero to a shell; past nine the number needs braces.
    const assignments = [...this.#names.values()].map(
      (name, index) => `${name}=${index > 9 ? `\${${index}}` : `$${index}`}`,
    );
    const exported = this.#inherited.size === 0 ? '' : `export ${[...this.#inherited].join(' ')}\n`;
    return `${assignments.join(' ')} \n${exported}`;
  }
}

/** `matches` is `f2bV_matches`; the captured group of `<F-USER>` is `f2bV_F_user`. Different tags never share one. */
function variableOf(tag: string, ending: string, taken: ReadonlySet<string>): string {
  const name = /^F-[A-Z0-9_-]+$/.test(tag) ? `F_${tag.slice(2).toLowerCase()}` : tag;
  const base = `f2bV_${name.replace(/\W/g, '_')}${ending}`;
  let variable = base;
  for (let number = 2; taken.has(variable); number += 1) variable = `${base}_${number}`;
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
