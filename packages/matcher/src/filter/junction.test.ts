import { describe, expect, it } from 'vitest';
import { compileDatepattern } from '../dates/detector.js';
import { junctionOf } from './junction.js';

/** The text with a bar wherever a date can have been cut out of it. */
function cuts(datepattern: string | undefined, text: string): string {
  const junction = junctionOf(compileDatepattern(datepattern, { thisYear: 2025 }));
  let marked = '';
  let at = 0;
  for (const character of text) {
    marked += at > 0 && junction(text, at) ? `|${character}` : character;
    at += character.length;
  }
  return marked;
}

describe('a date can be cut out of text', () => {
  it.each([
    ['in front of what belongs to no word, by default', undefined, ' ab: c', ' ab|:| c'],
    ['the same where only the line begins with it or does not', '{^LN-BEG}', '[] "x', '[|]| |"x'],
    ['nowhere where there is none', '{NONE}', 'ab c', 'ab c'],
    ['nowhere where the line begins with it', '^%Y-%m-%d', 'ab c', 'ab c'],
    ['nowhere where the line begins with it, in either way', '{^LN-BEG}^%Y-%m-%d', ' "ab', ' "ab'],
    ['behind two characters at the line begin', '{^LN-BEG}%Y-%m-%d', ' "- c. "', ' |"|- c. "'],
    ['behind two characters that are pairs', '{^LN-BEG}%Y', '🚫🚫 x ', '🚫|🚫| x '],
    ['not behind a word at the line begin', '{^LN-BEG}%Y-%m-%d', 'x ab', 'x ab'],
    ['not within a pair', undefined, 'a🚫b🚫', 'a|🚫b|🚫'],
    ['in front of a letter that is no letter to ASCII', '(?a)%Y', 'aéb c', 'a|éb| c'],
    ['within a word where it is not bound', '{UNB}%Y', 'ab', 'a|b'],
    ['behind the mark in front of its group', '^[^\\[]*\\[({DATE})', '[] "GET [x', '[|] "GET [|x'],
    ['in front of what belongs to no word, which a mark behind it has to be', '%Y(?=\\])', '[] x]', '[|]| x|]'],
    ['in front of the mark that is text of its own', '(%Y)\\]', '[] x]', '[|] x|]'],
    ['not at the line end', '(%Y)$', 'a b', 'a b'],
    ['behind a mark in either case', '(?i)é(%Y)', 'É É.x', 'É| É|.x'],
    ['behind what is there once or more', '=+(%Y)', 'a=b= c', 'a=b=| c'],
    ['behind a mark that is not there, or what stands in front of it', 'b:?(%Y)', 'ab:c ab, d', 'ab|:c ab|, d'],
    ['behind one of several characters', '^[\\[ ](%Y)', 'a b[ ', 'a b[ '],
    ['behind what may stand in front of it, though not far from the begin', '^.[\\[ ](%Y)', 'a .[.', 'a |.[.'],
    ['anywhere where parts take each other’s place', '\\[(%Y)|x', 'a.', 'a|.'],
    ['where the group is the template’s', '^\\w{DATE}', 'ab c:', 'ab c:'],
    ['in front of what follows an epoch with its marks', '\\[({EPOCH})\\]', 'a] b', 'a|]| |b'],
    ['behind another group', '(?:x(=(%Y)))', '=ax. =,', '=ax|. =,'],
    ['anywhere for a group that repeats', '^\\[(\\w+ )*%Y', 'ab', 'a|b'],
    ['anywhere in a look ahead', '(?=(%Y))', 'ab', 'a|b'],
    ['wherever one of several patterns cuts', '^%Y\n=(%m)', 'a=,b c', 'a=|,b c'],
  ])('%s', (_what, datepattern, text, expected) => {
    expect(cuts(datepattern, text)).toBe(expected);
  });
});
