import { describe, expect, it } from 'vitest';
import { compileFilter } from '../filter/compile.js';
import { plainSettings } from '../filter/plain-settings.js';
import { planScan } from './needs.js';

const literalsOf = (failregex: string, log: string) => {
  const filter = compileFilter(plainSettings({ failregex, datepattern: '{NONE}' }));
  return planScan([filter], Buffer.from(log)).literals.map(({ text }) => Buffer.from(text).toString());
};

describe('of what every match has, the scan looks for', () => {
  const failregex = '^refuted by order: \\S+ <HOST> \\(out of town\\)$';

  it.each([
    ['what is longest, where nothing is known of the log', '', 'refuted by order: '],
    ['what the log has not, however short', 'refuted by order: peer 192.0.2.1 (unknown)\n', ' (out of town)'],
    ['what the log has least', `${'refuted by order: x\n'.repeat(9)}192.0.2.1 (out of town)\n`, ' (out of town)'],
    ['what the log has in neither case', 'REFUTED BY ORDER: peer 192.0.2.1 (unknown)\n', 'refuted by order: '],
  ])('%s', (_what, log, literal) => {
    expect(literalsOf(failregex, log)).toEqual([literal]);
  });

  it('the same in any case, where case does not count', () => {
    expect(literalsOf(`(?i)${failregex}`, 'REFUTED BY ORDER: peer 192.0.2.1 (unknown)\n')).toEqual([' (out of town)']);
  });
});
