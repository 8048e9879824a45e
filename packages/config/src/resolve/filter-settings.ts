import type { FilterStatement } from '../dump.js';
import type { Findings } from '../findings.js';
import type { FilterOptionName, FilterSettings, Origin, RegexSetting, Sourced } from '../settings.js';
import { nonEmptyLines, originOf, type Traced } from '../syntax/traced.js';
import { parseInteger } from '../values/integer.js';
import type { Spec } from '../values/spec.js';
import { splitShellWords } from '../values/words.js';
import type { ResolvedFilter } from './filter.js';
import type { JailOptionName } from './jail-options.js';

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

/** One option that is going to be sent. */
interface Sending {
  readonly name: FilterOptionName;
  readonly value: Traced;
}

export interface OverlaidFilter {
  readonly settings: FilterSettings;
  /** The options as they are sent to the server, one after the other; the settings hold what they amount to. */
  readonly sent: readonly FilterStatement[];
}

/**
 * Joins the filter's options with the jail's own, by fail2ban's rule: an option of the jail takes the place of the one in
 * the filter's `[Definition]`; bracket arguments and `[Init]` stay and are sent as well. What is sent later wins, the lists
 * (failregex, ignoreregex, journalmatch) add up.
 *
 * @param where the jail's header, for values without a place of their own
 */
export function overlayFilter(
  values: ReadonlyMap<JailOptionName, Traced>,
  filter: ResolvedFilter | undefined,
  spec: Spec | undefined,
  findings: Findings,
  jail: string,
  where: Origin | undefined,
): OverlaidFilter {
  const own: Sending[] = [];
  for (const name of jailOrder) {
    const value = values.get(name);
    if (value) own.push({ name, value });
  }
  const inherited: Sending[] = [];
  for (const [name, value] of filter?.options ?? []) inherited.push({ name, value });
  const sendings = inSendingOrder(inherited, own);
  const last = (name: FilterOptionName): Traced | undefined => sendings.findLast((one) => one.name === name)?.value;
  const regexes = (wanted: FilterOptionName): RegexSetting[] => {
    const list: RegexSetting[] = [];
    for (const { name, value } of sendings) {
      if (name !== wanted) continue;
      for (const { text, origin } of nonEmptyLines(value)) list.push({ source: text, origin });
    }
    return list;
  };
  const sourced = (value: Traced | undefined): Sourced<string> | undefined =>
    value && { value: value.text, origin: originOf(value) ?? where };

  const sent: FilterStatement[] = [];
  for (const { name, value } of sendings) {
    const statement = toStatement(name, value, findings, jail);
    if (statement) sent.push(statement);
  }
  const prefregex = last('prefregex');
  const datepattern = last('datepattern');
  const maxlines = sent.findLast((one) => one.name === 'maxlines');
  const settings: FilterSettings = {
    name: spec?.name,
    prefregex: prefregex?.text ? { source: prefregex.text, origin: originOf(prefregex) ?? where } : undefined,
    failregex: regexes('failregex'),
    ignoreregex: regexes('ignoreregex'),
    datepattern: datepattern?.text ? sourced(datepattern) : undefined,
    maxlines: maxlines && { value: maxlines.value, origin: originOf(last('maxlines')!) },
    usedns: sourced(last('usedns')) ?? { value: 'warn', origin: undefined },
    journalmatch: sent.flatMap((one) => (one.name === 'journalmatch' ? one.value : [])),
    logtimezone: sourced(values.get('logtimezone')),
    logencoding: sourced(values.get('logencoding')),
  };
  return { settings, sent };
}

/**
 * What has to be known before the expressions goes first (the jail's own before the filter's, `usedns` first of each),
 * then the rest of the filter, then the rest of the jail.
 */
function inSendingOrder(inherited: readonly Sending[], own: readonly Sending[]): Sending[] {
  const sendings: Sending[] = [];
  const first = (list: readonly Sending[]): void => {
    for (const one of list) if (one.name === 'usedns') sendings.push(one);
    for (const one of list) if (one.name !== 'usedns' && early.has(one.name)) sendings.push(one);
  };
  const rest = (list: readonly Sending[]): void => {
    for (const one of list) if (!early.has(one.name)) sendings.push(one);
  };
  first(own);
  first(inherited);
  rest(inherited);
  rest(own);
  return sendings;
}

function toStatement(
  name: FilterOptionName,
  value: Traced,
  findings: Findings,
  jail: string,
): FilterStatement | undefined {
  switch (name) {
    case 'failregex':
    case 'ignoreregex':
      return { name, value: value.text.split('\n').filter((line) => line !== '') };
    case 'journalmatch':
      return { name, value: readJournalmatch(value, findings, jail) };
    case 'maxlines': {
      const number = parseInteger(value.text);
      if (number !== undefined) return { name, value: number };
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
    default:
      return { name, value: value.text };
  }
}

function readJournalmatch(value: Traced, findings: Findings, jail: string): string[][] {
  const matches: string[][] = [];
  for (const { text, origin } of nonEmptyLines(value)) {
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
