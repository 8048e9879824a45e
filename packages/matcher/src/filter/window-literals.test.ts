import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile.js';
import { matchNextLine, newMultilineState } from './multiline.js';
import { plainSettings } from './plain-settings.js';
import { LineTrace } from './trace.js';

const now = Date.UTC(2024, 5, 15, 12);
const filters = [
  { failregex: 'begin (\\S+)(?:.*\\n)+.*end from <HOST>$' },
  { failregex: ['^ begin \\S+<SKIPLINES> end from <HOST>$', '^ refused <HOST>$'] },
  { failregex: '(?i)BEGIN .*\\n.*end from <HOST>', ignoreregex: 'eve' },
  { failregex: 'bob\\n end from <HOST>' },
  { failregex: '(?:begin|nothing)(?=[^x]*end from <HOST>)' },
].flatMap((plain) =>
  [2, 3, 5].map((value) => compileFilter({ ...plainSettings(plain), maxlines: { value, origin: undefined } })),
);
const line = fc.constantFrom(
  ' begin bob',
  ' begin eve',
  ' nothing',
  '',
  ' end from 192.0.2.1',
  ' refused 192.0.2.2',
  ' x begin',
  ' Begin',
);

describe('the literals of a window of lines', () => {
  it('spare no match that the whole window gives', () => {
    let found = 0;
    const tried = fc.property(fc.constantFrom(...filters), fc.array(line, { maxLength: 25 }), (filter, lines) => {
      const states = [newMultilineState(filter, now), newMultilineState(filter, now)];
      for (const text of lines) {
        const [spared, whole] = states.map((state, index) => {
          // Whoever wants a trace has every expression asked.
          const options = index === 0 ? {} : { trace: new LineTrace() };
          return matchNextLine(filter, state, ['', '', text], options).hits.map(({ regex, lines }) => [regex, lines]);
        });
        expect(spared).toEqual(whole);
        expect(states[0]!.lines).toEqual(states[1]!.lines);
        found += spared!.length;
      }
    });
    fc.assert(tried, { numRuns: 600 });
    expect(found).toBeGreaterThan(100);
  });
});
