/**
 * Whether a date can be cut out of a line in such a way that an expression sees `text` joined at `at`, which is within it. Only one date is
 * cut out of a line.
 */
export type Junction = (text: string, at: number) => boolean;

const nowhere: Junction = () => false;
const anywhere: Junction = () => true;
const wordCharacter = /[\p{L}\p{N}_]/u;
const isWord = (character: string | undefined) => character !== undefined && wordCharacter.test(character);
/** The default templates end at a word's end. */
const atWordEnd: Junction = (text, at) => !wordCharacter.test(String.fromCodePoint(text.codePointAt(at)!));
/** Up to two characters that belong to no word may stand in front of a date that a line begins with. */
const nearLineBegin: Junction = (text, at) => at <= 2 && !isWord(text[0]) && !isWord(text[at - 1]);

const lineBegin = '{^LN-BEG}';
const defaults = /^(?:\{\^LN-BEG\}|\{DEFAULT\}|(?:\{\^LN-BEG\}|\^)?(?:EPOCH|LEPOCH|TAI64N))$/i;
/** Whole templates, which have groups of their own. */
const template = /\{(?:DATE|L?EPOCH|TAI64N|DEFAULT)\}|EPOCH|TAI64N/i;
const wordEnding = /%(?:Ex)?[YymdHMSfzkIpj]$/;

/** Where dates of a `datepattern` can be cut out: those of each of its lines. */
export function junctionOf(datepattern: string | undefined): Junction {
  const patterns = (datepattern ?? '').split('\n').flatMap((line) => line.trim() || []);
  const junctions = patterns.map(junctionOfPattern);
  if (junctions.length === 0) return atWordEnd;
  return (text, at) => junctions.some((junction) => junction(text, at));
}

function junctionOfPattern(pattern: string): Junction {
  if (pattern.toUpperCase() === '{NONE}') return nowhere;
  if (defaults.test(pattern)) return atWordEnd;
  const { group, alternates } = ownGroup(pattern);
  if (alternates) return anywhere;
  if (group !== undefined) return group.mark === undefined ? anywhere : (text, at) => text[at - 1] === group.mark;
  if (template.test(pattern)) return anywhere;
  // Without a group of its own a pattern is cut out whole.
  if (pattern.startsWith(lineBegin)) return pattern[lineBegin.length] === '^' ? nowhere : nearLineBegin;
  if (pattern.startsWith('^')) return nowhere;
  return wordEnding.test(pattern) ? atWordEnd : anywhere;
}

/**
 * The group of a pattern that is cut out, if it has one of its own.
 * @returns `mark`: the character that is certain to stand in front of it, where that can be seen; `alternates`: parts of the pattern
 *   can take each other's place
 */
function ownGroup(pattern: string): { group: { mark: string | undefined } | undefined; alternates: boolean } {
  let group: { mark: string | undefined } | undefined;
  let alternates = false;
  let mark: string | undefined;
  let inClass = false;
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    let next: string | undefined;
    if (char === '\\') {
      at++;
      // An escaped letter is a class, or an assertion.
      if (!inClass && /[^\w\s]/.test(pattern[at] ?? 'x')) next = pattern[at];
    } else if (inClass) inClass = char !== ']';
    else if (char === '[') {
      inClass = true;
      if (pattern[at + 1] === '^') at++;
      if (pattern[at + 1] === ']') at++;
    } else if (char === '|') alternates ||= depth === 0;
    else if (char === ')') depth--;
    else if (char === '(') {
      depth++;
      const kind = pattern.slice(at + 1, at + 5);
      if (!kind.startsWith('?')) group ??= { mark };
      else if (/^\?P?<[^=!]/.test(kind)) group ??= { mark: undefined };
    } else if (/["'<>@,:;=/-]/.test(char)) next = char;
    mark = next;
  }
  return { group, alternates };
}
