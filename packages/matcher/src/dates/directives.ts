/**
 * The directives of a datepattern: what each stands for as a regular expression (a named group), and the word by which
 * `fail2ban-regex` shows it.
 */

const shortDays = 'mon|tue|wed|thu|fri|sat|sun';
const shortMonths = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
// Longest first, so that an alternation cannot stop at a shorter name.
const longDays = 'wednesday|thursday|saturday|tuesday|monday|friday|sunday';
const longMonths = 'september|february|november|december|january|october|august|march|april|june|july|may';

const zoneName = '[A-Z](?:[A-Z]{2,4})?';
const zoneOffset = '[+-][01]\\d(?::?\\d{2})?';

const compositeDay = '(?P<d>3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9])';
const compositeTime = '(?P<H>2[0-3]|[0-1]\\d|\\d):(?P<M>[0-5]\\d|\\d):(?P<S>6[0-1]|[0-5]\\d|\\d)';

/** Token (without `%`) to regular expression; fail2ban's rules in the C locale, which its server runs in. */
const regexes: readonly (readonly [token: string, regex: string])[] = [
  ['Y', '(?P<Y>\\d{4})'],
  ['y', '(?P<y>\\d\\d)'],
  ['Exy', '(?P<y>\\d{2})'],
  ['m', '(?P<m>0?[1-9]|1[0-2])'],
  ['Exm', '(?P<m>0[1-9]|1[0-2])'],
  ['d', '(?P<d>[1-2]\\d|[0 ]?[1-9]|3[0-1])'],
  ['Exd', '(?P<d>[1-2]\\d|0[1-9]|3[0-1])'],
  ['H', '(?P<H>[0-1]?\\d|2[0-3])'],
  ['ExH', '(?P<H>[0-1]\\d|2[0-3])'],
  ['k', ' ?(?P<H>[0-2]?\\d)'],
  ['Exk', ' ?(?P<H>[0-1]?\\d|2[0-3])'],
  ['I', '(?P<I>1[0-2]|0[1-9]|[1-9])'],
  ['l', ' ?(?P<I>1?\\d)'],
  ['Exl', ' ?(?P<I>1[0-2]|\\d)'],
  ['M', '(?P<M>[0-5]?\\d)'],
  ['ExM', '(?P<M>[0-5]\\d)'],
  ['S', '(?P<S>[0-5]?\\d|6[0-1])'],
  ['ExS', '(?P<S>[0-5]\\d|6[0-1])'],
  ['f', '(?P<f>[0-9]{1,6})'],
  ['p', '(?P<p>am|pm)'],
  ['a', `(?P<a>${shortDays})`],
  ['A', `(?P<A>${longDays})`],
  ['b', `(?P<b>${shortMonths})`],
  ['B', `(?P<B>${longMonths})`],
  ['j', '(?P<j>36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])'],
  ['U', '(?P<U>5[0-3]|[0-4]\\d|\\d)'],
  ['W', '(?P<W>5[0-3]|[0-4]\\d|\\d)'],
  ['w', '(?P<w>[0-6])'],
  ['u', '(?P<u>[1-7])'],
  ['V', '(?P<V>5[0-3]|0[1-9]|[1-4]\\d|\\d)'],
  ['G', '(?P<G>\\d\\d\\d\\d)'],
  ['z', `(?P<z>Z|UTC|GMT|${zoneOffset})`],
  ['Exz', `(?P<z>(?:${zoneName})?${zoneOffset}|${zoneName})`],
  ['Z', '(?P<Z>Z|[A-Z]{3,5})'],
  ['ExZ', `(?P<Z>${zoneName})`],
  ['c', `(?P<a>${shortDays})\\s+(?P<b>${shortMonths})\\s+${compositeDay}\\s+${compositeTime}\\s+(?P<Y>\\d\\d\\d\\d)`],
  ['x', `(?P<m>1[0-2]|0[1-9]|[1-9])/${compositeDay}/(?P<y>\\d\\d)`],
  ['X', compositeTime],
  ['%', '%'],
];

const words: ReadonlyMap<string, string> = new Map([
  ['Y', 'Year'],
  ['y', 'Year2'],
  ['m', 'Month'],
  ['d', 'Day'],
  ['H', '24hour'],
  ['M', 'Minute'],
  ['S', 'Second'],
  ['f', 'Microseconds'],
  ['z', 'Zone offset'],
  ['Z', 'Zone name'],
  ['b', 'MON'],
  ['a', 'DAY'],
  ['B', 'MONTH'],
  ['A', 'DAYNAME'],
  ['I', '12hour'],
  ['p', 'AMPM'],
  ['j', 'Yearday'],
  ['U', 'Yearweek'],
  ['W', 'Yearweek'],
  ['w', 'Weekday'],
  ['%', '%'],
]);

/** Directives that make the whole pattern ignore letter case: names of days, months and am/pm. */
const caseless: ReadonlySet<string> = new Set(['a', 'A', 'b', 'B', 'p', 'c']);

/** The years `%ExY` accepts: from 2000 to the decade of three years after `thisYear`. */
function recentYears(thisYear: number): string {
  const last = Math.max(2000, Math.min(2099, thisYear + 3));
  let decades = '';
  for (let decade = 0; decade <= Math.floor((last - 2000) / 10); decade++) decades += decade;
  return `(?P<Y>20[${decades}]\\d)`;
}

/** One piece of a datepattern: literal text (a directive-free stretch) or a directive. */
export type PatternPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'directive'; readonly regex: string; readonly word: string; readonly caseless: boolean };

/** The directive at `index` (just after a `%`), longest first; undefined when there is none. */
function directiveAt(pattern: string, index: number): string | undefined {
  if (pattern.startsWith('Ex', index) && index + 2 < pattern.length) {
    const token = pattern.slice(index, index + 3);
    if (token === 'ExY' || regexes.some(([known]) => known === token)) return token;
  }
  const token = pattern[index];
  return token !== undefined && regexes.some(([known]) => known === token) ? token : undefined;
}

/**
 * Splits a datepattern at its directives.
 *
 * @param thisYear the present year, which bounds `%ExY`
 * @param onUnknown called with the column (from 1) of a `%` that starts no directive; must throw
 */
export function splitPattern(pattern: string, thisYear: number, onUnknown: (column: number) => never): PatternPiece[] {
  const pieces: PatternPiece[] = [];
  let from = 0;
  for (;;) {
    const percent = pattern.indexOf('%', from);
    if (percent < 0) break;
    if (percent > from) pieces.push({ kind: 'text', text: pattern.slice(from, percent) });
    const token = directiveAt(pattern, percent + 1);
    if (token === undefined) return onUnknown(percent + 1);
    const plain = token.length === 3 ? token.slice(2) : token;
    const word = words.get(plain) ?? `%${plain}`;
    const regex = token === 'ExY' ? recentYears(thisYear) : (regexes.find(([known]) => known === token)?.[1] ?? '');
    pieces.push({
      kind: 'directive',
      regex,
      word: token.length === 3 ? `Ex${word}` : word,
      caseless: caseless.has(token),
    });
    from = percent + 1 + token.length;
  }
  if (from < pattern.length) pieces.push({ kind: 'text', text: pattern.slice(from) });
  return pieces;
}
