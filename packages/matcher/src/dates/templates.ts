/** From the text of a `datepattern` to its list of templates: several lines, defaults, epoch forms, `{DATE}`, `{NONE}`. */
import { basePatterns } from './default-templates.js';
import { duplicateTemplate } from './errors.js';
import { lineBeginFlag, lineBeginMark, templateRegex, wordBegin, wordEnd } from './template-regex.js';

/** How the cut text becomes a time. */
export type TemplateValue =
  /** Named groups: year, month, … */
  | 'fields'
  /** Seconds since 1970, perhaps with a fraction. */
  | 'epoch'
  /** Seconds, milliseconds or microseconds since 1970, told apart by length. */
  | 'longepoch'
  /** `@` and 24 hexadecimal digits. */
  | 'tai64n';

/** One date template. */
export interface Template {
  /** In words, as `fail2ban-regex` lists it. */
  readonly name: string;
  /** The datepattern that it was made from. */
  readonly pattern: string;
  /** Python regular expression; group 1 is what is cut out of the line. */
  readonly regex: string;
  /** Sum of LINE_BEGIN, LINE_END, WORD_BEGIN, WORD_END. */
  readonly flags: number;
  /** How much a hit counts when templates are ranked. */
  readonly weight: number;
  readonly value: TemplateValue;
  /** One of the default templates. */
  readonly stock: boolean;
  /** Index of the group that holds the epoch; 0 for templates with fields. */
  readonly valueGroup: number;
}

/** fail2ban trusts a date at the line's start a hundred times more than one somewhere in it. */
const lineBeginWeight = 100;

const epochDigits = '\\d{10,11}\\b(?:\\.\\d{3,6})?';
const longEpochDigits = '\\d{10,11}(?:\\d{3}(?:\\.\\d{1,6}|\\d{3})?)?';
const epochPlaceholder = /\{L?EPOCH\}/i;
const datePlaceholder = /\{DATE\}/gi;
const wordEndRegex = '(?=\\b|\\W|$)';

/** Name of each capturing group by index, read off the text: index 0 and unnamed groups are undefined. */
export function groupNames(regex: string): (string | undefined)[] {
  const names: (string | undefined)[] = [undefined];
  let inSet = false;
  for (let at = 0; at < regex.length; at++) {
    const char = regex[at];
    if (char === '\\') at++;
    else if (inSet) inSet = char !== ']';
    else if (char === '[') {
      inSet = true;
      if (regex[at + 1] === '^') at++;
      // A bracket that comes first stands for itself.
      if (regex[at + 1] === ']') at++;
    } else if (char === '(') {
      const name = /^\(\?P<(\w+)>/.exec(regex.slice(at, at + 64));
      if (name !== null) names.push(name[1]);
      else if (regex[at + 1] !== '?') names.push(undefined);
      // A condition stands in parentheses of its own.
      else if (regex[at + 2] === '(') at = regex.indexOf(')', at);
    }
  }
  return names;
}

/** A template before it is known whether it is a default one. */
type Draft = Omit<Template, 'stock'>;

function epochTemplate(pattern: string, long: boolean, lineBegin: boolean, weight: number): Draft {
  const digits = long ? longEpochDigits : epochDigits;
  const name = long ? 'LongEpoch' : 'Epoch';
  const value = long ? 'longepoch' : 'epoch';
  if (lineBegin) {
    const regex = `^(?:\\W{0,2})?((?P<square>(?<=^\\[))?${digits})(?(square)(?=\\]))${wordEndRegex}`;
    return {
      name: lineBeginMark + name,
      pattern,
      regex,
      flags: lineBeginFlag | wordEnd,
      weight,
      value,
      valueGroup: 1,
    };
  }
  const regex =
    `((?:^|(?P<square>(?<=^\\[))|(?P<selinux>(?<=\\baudit\\()))${digits})` +
    `(?:(?(selinux)(?=:\\d+\\)))|(?(square)(?=\\])))${wordEndRegex}`;
  return { name, pattern, regex, flags: wordEnd, weight, value, valueGroup: 1 };
}

/** Capturing groups that open before `index`. */
function groupsBefore(regex: string, index: number): number {
  return groupNames(regex.slice(0, index)).length - 1;
}

/** `{EPOCH}` or `{LEPOCH}` inside a pattern of the user's own: the whole is cut, the placeholder is the value. */
function embeddedEpoch(pattern: string, placeholder: RegExpExecArray): Draft {
  const long = placeholder[0].length === '{LEPOCH}'.length;
  const own = `${pattern.slice(0, placeholder.index)}(${long ? longEpochDigits : epochDigits})${pattern.slice(placeholder.index + placeholder[0].length)}`;
  const begins = own.startsWith('^');
  const ends = own.endsWith('$');
  return {
    name: pattern,
    pattern,
    regex: `${begins ? '' : '(?=^|\\b|\\W)'}(${own})${ends ? '' : wordEndRegex}`,
    flags: begins ? lineBeginFlag | wordEnd : wordBegin | wordEnd,
    weight: 1,
    value: long ? 'longepoch' : 'epoch',
    valueGroup: groupsBefore(pattern, placeholder.index) + 2,
  };
}

function tai64nTemplate(pattern: string, lineBegin: boolean, weight: number): Draft {
  return {
    name: lineBegin ? `${lineBeginMark}TAI64N` : 'TAI64N',
    pattern,
    regex: `${lineBegin ? '^(?:\\W{0,2})?' : ''}(@[0-9a-f]{24})${wordEndRegex}`,
    flags: lineBegin ? lineBeginFlag | wordEnd : wordEnd,
    weight,
    value: 'tai64n',
    valueGroup: 1,
  };
}

/** Whether a base pattern is tied to the line's start already. */
function isTied(pattern: string): boolean {
  return pattern.startsWith('^') || pattern.startsWith(lineBeginMark);
}

const tiedDefaults: ReadonlySet<string> = new Set(
  basePatterns.filter((pattern) => !isTied(pattern)).map((pattern) => lineBeginMark + pattern),
);

function weightOf(pattern: string): number {
  return tiedDefaults.has(pattern) ? lineBeginWeight : 1;
}

/** The template of one pattern that makes exactly one. */
function singleTemplate(pattern: string, thisYear: number): Draft {
  const weight = weightOf(pattern);
  const special = /^(\^|\{\^LN-BEG\})?(LEPOCH|EPOCH|TAI64N)$/i.exec(pattern);
  if (special !== null) {
    const form = (special[2] ?? '').toUpperCase();
    const lineBegin = special[1] !== undefined;
    return form === 'TAI64N'
      ? tai64nTemplate(pattern, lineBegin, weight)
      : epochTemplate(pattern, form === 'LEPOCH', lineBegin, weight);
  }
  const placeholder = epochPlaceholder.exec(pattern);
  if (placeholder !== null) return embeddedEpoch(pattern, placeholder);
  return { ...templateRegex(pattern, thisYear), pattern, weight, value: 'fields', valueGroup: 0 };
}

/** A default template, worked out when it is needed: most logs have one form of date, and the list is long. */
class DefaultTemplate implements Template {
  readonly stock = true;
  readonly pattern: string;
  readonly weight: number;
  readonly #thisYear: number;
  #template: Draft | undefined;

  constructor(pattern: string, thisYear: number) {
    this.pattern = pattern;
    this.weight = weightOf(pattern);
    this.#thisYear = thisYear;
  }

  get #made(): Draft {
    this.#template ??= singleTemplate(this.pattern, this.#thisYear);
    return this.#template;
  }

  get name(): string {
    return this.#made.name;
  }

  get regex(): string {
    return this.#made.regex;
  }

  get flags(): number {
    return this.#made.flags;
  }

  get value(): TemplateValue {
    return this.#made.value;
  }

  get valueGroup(): number {
    return this.#made.valueGroup;
  }
}

/** The patterns that one line of a datepattern stands for. */
function unfold(pattern: string): readonly string[] {
  const form = pattern.includes('%') ? '' : pattern.toUpperCase();
  if (form === '{NONE}') return ['{UNB}^'];
  // fail2ban forgets to add the defaults here unless the pattern stands alone; they are what its name promises.
  if (form === '{DEFAULT}') return [...tiedDefaults, ...basePatterns];
  if (form === lineBeginMark) return [...tiedDefaults, ...basePatterns.filter(isTied)];
  if (pattern.search(datePlaceholder) < 0) return [pattern];
  return basePatterns.map((base) => {
    // Only the mark goes. A `^` of the format's own stays, so behind other text such a format never matches: fail2ban's rule.
    const unbound = base.startsWith(lineBeginMark) ? base.slice(lineBeginMark.length) : base;
    // The epoch formats are no regular expressions: inside other text their names stand for themselves, as in fail2ban.
    const text = unbound === 'EPOCH' ? 'Epoch' : unbound;
    return pattern.replace(datePlaceholder, () => text);
  });
}

/**
 * Reads a datepattern: one pattern a line, blank lines skipped; undefined means the default templates.
 *
 * @param thisYear the present year, which bounds `%ExY`
 * @throws DateError `F2B_DATE_DIRECTIVE`, or `F2B_DATE_DUPLICATE` when two lines make the same template
 */
export function readTemplates(datepattern: string | undefined, thisYear: number): Template[] {
  const lines =
    datepattern === undefined
      ? ['{DEFAULT}']
      : datepattern
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '');
  if (lines.length === 0 || (lines.length === 1 && lines[0] === '{DEFAULT}')) {
    return unfold('{DEFAULT}').map((pattern) => new DefaultTemplate(pattern, thisYear));
  }
  const templates: Template[] = [];
  const names = new Set<string>();
  for (const line of lines) {
    const patterns = unfold(line);
    for (const pattern of patterns) {
      const stock = tiedDefaults.has(pattern) || basePatterns.includes(pattern);
      const template = { ...singleTemplate(pattern, thisYear), stock };
      if (names.has(template.name)) {
        if (patterns.length > 1) continue;
        throw duplicateTemplate(line, template.name);
      }
      names.add(template.name);
      templates.push(template);
    }
  }
  return templates;
}
