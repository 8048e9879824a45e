import { describe, expect, it } from 'vitest';
import { compileDatepattern } from './detector.js';
import { firstLook, isForLook } from './first-look.js';
import { compileSearch } from './template-search.js';
import { readTemplates } from './templates.js';

const dates = [
  '2005-01-23T21:59:59.981746+01:00',
  '2005/01/23  1:59:59,5  UTC',
  'Sun Jan 23 21:59:59.011 2005',
  'jan  3  1:59:59',
  'Sun JAN 23 2005 21:59:59.011',
  '23/01/2005 21:59:59',
  '23-01-05  1:59:59',
  '23/Jan/2005:21:59:59 +0100',
  '23-jan-2005 21:59:59.5 Z',
  '01/23/2005:21:59:59',
  '01-23-2005 21:59:59.252',
  '1106513999.123',
  'audit(1106513999.123:77)',
  '1:59:60',
  '<01/23/05@21:59:59>',
  '050123 21:59:59',
  'Jan 23, 2005 9:59:59 PM',
  'Jan-23-05 21:59:59',
  '20050123T215959',
  '20050123  21:59:59.5\x1c\t+0100',
  'PDT Apr 16 21:05:29',
  '+01:00 Jan 23 21:59:59 2005',
  '@4000000041f4104f00000000',
];
const around = ['', ' ', '[', '] ', 'x', '9', '_', ': ', '- - [', '\n', '\x1f', '"', '::ffff:', 'sshd[1]: '];
const characters = '0123456789:/-.,[]()@<>+ \t\x1cTZaJnunPMk_x\n';

/** The same numbers each time. */
function newRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function lineOf(random: (below: number) => number): string {
  const piece = (from: readonly string[]) => from[random(from.length)]!;
  let line = piece(around) + piece(dates) + piece(around) + (random(3) === 0 ? piece(dates) + piece(around) : '');
  for (let changes = random(4); changes > 0; changes--) {
    const at = random(line.length + 1);
    line = line.slice(0, at) + characters[random(characters.length)]! + line.slice(at + random(3));
  }
  return line;
}

describe('the first look of a default template', () => {
  it('says no only where the template matches nowhere, and nearly always where it does not', () => {
    const templates = readTemplates(undefined, 2026);
    const looks = templates.map(firstLook);
    const searches = templates.map(compileSearch);
    const random = newRandom(7);
    const matched = templates.map(() => 0);
    let inVain = 0;
    for (let round = 0; round < 5000; round++) {
      const line = lineOf(random);
      for (const [index, look] of looks.entries()) {
        const matches = searches[index]!.search(line, 0, line.length);
        if (matches) {
          expect(look(line), `${JSON.stringify(line)} and ${templates[index]!.name}`).toBe(true);
          matched[index]!++;
        } else if (look(line)) inVain++;
      }
    }
    expect(matched.filter((count) => count < 5)).toEqual([]);
    expect(inVain).toBeLessThan(5000);
  });

  it('is not asked of lines beyond ASCII, in which letters of the two languages differ, nor of very long ones', () => {
    expect(isForLook('Jan 23 21:59:59 host')).toBe(true);
    expect(isForLook('Jan ٢٣ 21:59:59 host')).toBe(false);
    expect(isForLook(' '.repeat(2049))).toBe(false);
  });

  it('changes nothing about the date that is chosen, line after line', () => {
    const random = newRandom(11);
    const looking = compileDatepattern(undefined, { thisYear: 2026 });
    const compiled = compileDatepattern(undefined, { thisYear: 2026 });
    // After so many lines without a date all templates are compiled for good.
    for (let line = 0; line <= 20_000; line++) compiled.find('', compiled.newRanking());
    const [a, b] = [looking.newRanking(), compiled.newRanking()];
    for (let round = 0; round < 4000; round++) {
      const line = lineOf(random);
      expect(looking.find(line, a), line).toEqual(compiled.find(line, b));
      expect(a).toEqual(b);
    }
  });
});
