import { describe, expect, it } from 'vitest';
import { junctionOf } from './junction.js';

/** The text with a bar wherever a date can have been cut out of it. */
function cuts(datepattern: string | undefined, text: string): string {
  const junction = junctionOf(datepattern);
  return [...text].map((char, at) => (at > 0 && junction(text, at) ? `|${char}` : char)).join('');
}

describe('a date can be cut out of text', () => {
  it.each([
    ['in front of what belongs to no word, by default', undefined, ' ab: c', ' ab|:| c'],
    ['the same where only the line begins with it or does not', '{^LN-BEG}', '[] "x', '[|]| |"x'],
    ['nowhere where there is none', '{NONE}', 'ab c', 'ab c'],
    ['nowhere where the line begins with it', '^%Y-%m-%d', 'ab c', 'ab c'],
    ['nowhere where the line begins with it, in either way', '{^LN-BEG}^%Y-%m-%d', ' "ab', ' "ab'],
    ['behind two characters at the line begin', '{^LN-BEG}%Y-%m-%d(?:T| )%H', ' "ab c', ' "ab c'.replace('"a', '|"|a')],
    ['not behind a word at the line begin', '{^LN-BEG}%Y-%m-%d', 'x ab', 'x ab'],
    ['behind the mark in front of its group', '^[^\\[]*\\[({DATE})', '[] "GET [x', '[|] "GET [|x'],
    ['behind an equals sign', 'time=(%Y)', 'a=b c', 'a=|b c'],
    ['behind a backslash', 'x\\\\(%Y)', 'a\\b', 'a\\|b'],
    ['anywhere behind a class', '^[\\[ ](%Y)', 'abc', 'a|b|c'],
    ['anywhere behind what may be missing', '^\\[?(%Y)', 'abc', 'a|b|c'],
    ['anywhere behind a letter that is an assertion', '\\b(%Y)', 'abc', 'a|b|c'],
    ['anywhere behind a space, which may be there for the eye', '(?x)\\[ (%Y)', 'a [c', 'a| |[|c'],
    ['anywhere where its group has a name', '^\\[(?P<date>%Y)', 'abc', 'a|b|c'],
    ["anywhere where parts take each other's place", '\\[(%Y)|x', 'abc', 'a|b|c'],
    ["anywhere where the group is the template's", '^<W>{DATE}', 'abc', 'a|b|c'],
    ['anywhere where an escaped bracket is no group', 'a\\\\\\(%Y x', 'abc', 'a|b|c'],
    ['wherever one of several patterns cuts', '^%Y\n=(%m)', 'a=b c', 'a=|b c'],
  ])('%s', (_what, datepattern, text, expected) => {
    expect(cuts(datepattern, text)).toBe(expected);
  });
});
