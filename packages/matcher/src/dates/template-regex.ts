/** From one datepattern to the regular expression of its template: directives, boundaries, and the group that is cut out. */
import { splitPattern } from './directives.js';
import { unknownDirective } from './errors.js';

/** Where a template is tied to the line, as bits; fail2ban's numbers. */
export const lineBeginFlag = 8;
export const lineEnd = 4;
export const wordBegin = 2;
export const wordEnd = 1;

export const lineBeginMark = '{^LN-BEG}';
const unboundMark = '{UNB}';

const lineBeginRegex = '^(?:\\W{0,2})?';
const wordBeginRegex = '(?=^|\\b|\\W)';
const wordEndRegex = '(?=\\b|\\W|$)';

/** A pattern turned into a regular expression. */
export interface TemplateRegex {
  /** The pattern in words, as `fail2ban-regex` lists it. */
  readonly name: string;
  /** Python regular expression; group 1 is what is cut out of the line. */
  readonly regex: string;
  /** Sum of LINE_BEGIN, LINE_END, WORD_BEGIN, WORD_END. */
  readonly flags: number;
}

/** Whether `regex` has a plain capturing group; named groups, other `(?` forms, escapes and classes do not count. */
function hasPlainGroup(regex: string): boolean {
  let inClass = false;
  for (let at = 0; at < regex.length; at++) {
    const char = regex[at];
    if (char === '\\') at++;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') {
      inClass = true;
      if (regex[at + 1] === '^') at++;
      if (regex[at + 1] === ']') at++;
    } else if (char === '(' && regex[at + 1] !== '?') return true;
  }
  return false;
}

/** Whether the character at `index` is escaped by a backslash. */
function escaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (index - 1 - backslashes >= 0 && text[index - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

interface Begin {
  readonly rest: string;
  readonly bound: boolean;
  readonly flag: number;
}

/** What the text itself says of its begin: `^` ties it to the line, `**` lets it stand anywhere. */
function readBegin(text: string): Begin {
  const bracket = text.startsWith('(?:') ? '(?:' : text.startsWith('(') ? '(' : '';
  const inner = text.slice(bracket.length);
  if (inner.startsWith('**')) return { rest: bracket + inner.slice(2), bound: true, flag: 0 };
  if (inner.startsWith('^**') && bracket === '')
    return { rest: `^${inner.slice(3)}`, bound: true, flag: lineBeginFlag };
  if (inner.startsWith('^')) return { rest: text, bound: true, flag: bracket === '(?:' ? 0 : lineBeginFlag };
  return { rest: text, bound: false, flag: 0 };
}

/** The same for the end: `$`, `\b`, `\s` bind it, `**` lets it stand anywhere. */
function readEnd(text: string): Begin {
  const bracket = text.endsWith(')') && !escaped(text, text.length - 1) ? ')' : '';
  const inner = bracket === '' ? text : text.slice(0, -1);
  const last = inner.length - 1;
  if (inner.endsWith('**') && !escaped(inner, last - 1)) {
    return { rest: inner.slice(0, -2) + bracket, bound: true, flag: 0 };
  }
  if (inner.endsWith('$') && !escaped(inner, last)) {
    const marked = bracket === '' && inner.endsWith('**$') && !escaped(inner, last - 2);
    return { rest: marked ? `${inner.slice(0, -3)}$` : text, bound: true, flag: bracket === '' ? lineEnd : 0 };
  }
  if (bracket === '' && /\\[bs]$/.test(inner) && escaped(inner, last)) return { rest: text, bound: true, flag: 0 };
  return { rest: text, bound: false, flag: 0 };
}

/**
 * Turns a datepattern into its template regex, by fail2ban's rules: leading `{UNB}` means no word boundaries, leading
 * `{^LN-BEG}` ties to the line's start with up to two other characters before; without a group of its own the whole is cut.
 *
 * @param thisYear the present year, which bounds `%ExY`
 * @throws DateError `F2B_DATE_DIRECTIVE` for a `%` that starts no directive
 */
export function templateRegex(pattern: string, thisYear: number): TemplateRegex {
  let text = pattern;
  let boundaries = true;
  let lineBegin = false;
  if (text.startsWith(unboundMark)) {
    boundaries = false;
    text = text.slice(unboundMark.length);
  } else if (text.startsWith(lineBeginMark)) {
    text = text.slice(lineBeginMark.length);
    lineBegin = !text.startsWith('^');
  }
  const markLength = pattern.length - text.length;
  const spelled = splitPattern(text, thisYear, (column) => {
    throw unknownDirective(pattern, column + markLength);
  });
  const name = (lineBegin ? lineBeginMark : '') + spelled.map((p) => (p.kind === 'text' ? p.text : p.word)).join('');

  // Blanks around the pattern go, but the optional blank that a leading `%k` stands for stays.
  const pieces = splitPattern(text.trim(), thisYear, (column) => {
    throw unknownDirective(pattern, column + markLength);
  });
  let regex = pieces.map((p) => (p.kind === 'text' ? p.text : p.regex)).join('');
  let globalFlags = pieces.some((p) => p.kind === 'directive' && p.caseless) ? 'iu' : '';
  regex = regex.replace(/\(\?([aiLmsux]+)\)/g, (_group, letters: string) => {
    for (const letter of letters) if (!globalFlags.includes(letter)) globalFlags += letter;
    return '';
  });

  const begin = readBegin(regex);
  const end = readEnd(begin.rest);
  regex = end.rest;
  let flags = begin.flag | end.flag;
  if (!hasPlainGroup(regex)) {
    const from = regex.startsWith('^') ? 1 : 0;
    const to = (flags & lineEnd) !== 0 ? regex.length - 1 : regex.length;
    regex = `${regex.slice(0, from)}(${regex.slice(from, to)})${regex.slice(to)}`;
  }
  if (boundaries) {
    if (lineBegin && !begin.bound) {
      regex = lineBeginRegex + regex;
      flags |= lineBeginFlag;
    } else if (!begin.bound) {
      regex = wordBeginRegex + regex;
      flags |= wordBegin;
    }
    if (!end.bound) {
      regex += wordEndRegex;
      flags |= wordEnd;
    }
  }
  return { name, regex: globalFlags === '' ? regex : `(?${globalFlags})${regex}`, flags };
}
