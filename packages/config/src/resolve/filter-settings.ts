import type { FilterOptionName, FilterSettings, Origin, RegexSetting, Sourced } from '../settings.js';
import { nonEmptyLines, originOf, type Traced } from '../syntax/traced.js';
import { parseInteger } from '../values/integer.js';
import type { Spec } from '../values/spec.js';
import { splitShellWords } from '../values/words.js';
import type { ResolvedFilter } from './filter.js';
import type { Findings } from './findings.js';
import type { JailOptionName } from './jail.js';

/** Options that fail2ban sends before all others. */
const early: ReadonlySet<FilterOptionName> = new Set(['usedns', 'prefregex', 'maxlines']);
/** The order in which a jail's own options are read. */
const jailOrder: readonly FilterOptionName[] = [
  'prefregex',
  'maxlines',
  'usedns',
  'ignoreregex',
  'failregex',
  'datepattern',
  'journalmatch',
];

/** Lays the jail's own filter options over those of its filter file: an option that the jail sets replaces the filter's. */
export function overlayFilter(
  values: ReadonlyMap<JailOptionName, Traced>,
  filter: ResolvedFilter | undefined,
  spec: Spec | undefined,
  findings: Findings,
  jail: string,
  where: Origin | undefined,
): FilterSettings {
  const own = new Map<FilterOptionName, Traced>();
  for (const name of jailOrder) {
    const value = values.get(name);
    if (value) own.set(name, value);
  }
  const inherited = new Map<FilterOptionName, Traced>();
  for (const [name, value] of filter?.options ?? []) if (!own.has(name)) inherited.set(name, value);
  const all = new Map([...inherited, ...own]);
  const maxlines = readMaxlines(all.get('maxlines'), findings, jail);
  const sourced = (value: Traced | undefined): Sourced<string> | undefined =>
    value && { value: value.text, origin: originOf(value) ?? where };
  const prefregex = all.get('prefregex');
  const datepattern = all.get('datepattern');
  return {
    options: emissionOrder(inherited, own),
    name: spec?.name,
    prefregex:
      prefregex && prefregex.text !== '' ? { source: prefregex.text, origin: originOf(prefregex) ?? where } : undefined,
    failregex: regexes(all.get('failregex')),
    ignoreregex: regexes(all.get('ignoreregex')),
    datepattern: datepattern?.text ? sourced(datepattern) : undefined,
    maxlines,
    usedns: sourced(all.get('usedns')) ?? { value: 'warn', origin: undefined },
    journalmatch: readJournalmatch(all.get('journalmatch'), findings, jail),
    logtimezone: sourced(values.get('logtimezone')),
    logencoding: sourced(values.get('logencoding')),
  };
}

/**
 * fail2ban's order: what has to be known before the expressions (the jail's own before the filter's, `usedns` first of
 * each), then the rest of the filter, then the rest of the jail.
 */
function emissionOrder(
  inherited: ReadonlyMap<FilterOptionName, Traced>,
  own: ReadonlyMap<FilterOptionName, Traced>,
): FilterOptionName[] {
  const first = (options: ReadonlyMap<FilterOptionName, Traced>): FilterOptionName[] => [
    ...(options.has('usedns') ? (['usedns'] as const) : []),
    ...[...options.keys()].filter((name) => early.has(name) && name !== 'usedns'),
  ];
  const rest = (options: ReadonlyMap<FilterOptionName, Traced>): FilterOptionName[] =>
    [...options.keys()].filter((name) => !early.has(name));
  return [...first(own), ...first(inherited), ...rest(inherited), ...rest(own)];
}

function regexes(value: Traced | undefined): RegexSetting[] {
  return value ? nonEmptyLines(value).map(({ text, origin }) => ({ source: text, origin })) : [];
}

function readMaxlines(value: Traced | undefined, findings: Findings, jail: string): Sourced<number> | undefined {
  if (!value) return undefined;
  const number = parseInteger(value.text);
  if (number !== undefined) return { value: number, origin: originOf(value) };
  findings.add(
    'warning',
    'F2B_CONFIG_NUMBER',
    `Wrong int value '${value.text}' for 'maxlines'. Using default one: 1`,
    originOf(value),
    'Write a whole number.',
    jail,
  );
  return undefined;
}

function readJournalmatch(value: Traced | undefined, findings: Findings, jail: string): string[][] {
  const matches: string[][] = [];
  for (const { text, origin } of value ? nonEmptyLines(value) : []) {
    const words = splitShellWords(text);
    if (words) matches.push(words);
    else {
      findings.add(
        'error',
        'F2B_CONFIG_QUOTING',
        `a quote in the journalmatch '${text}' is not closed.`,
        origin,
        'Close it; until then this match is left out.',
        jail,
      );
    }
  }
  return matches;
}
