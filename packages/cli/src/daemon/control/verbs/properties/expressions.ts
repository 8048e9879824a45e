import type { FilterSettings, RegexSetting } from '@f2b/config';
import { FilterError, readUsedns } from '@f2b/matcher';
import { type ReplyValue, tuple } from '../../reply.js';
import type { AskedJail } from '../asked-jail.js';
import { notKnown, regexError, valueError } from '../raise.js';
import { type Words, wholeNumber } from '../words.js';
import type { Properties, Property } from './property.js';

/** What a jail matches with. A change holds from the next line on; what was counted until then stays. */
export const expressions: Properties = new Map<string, Property>([
  ['failregex', { get: (jail) => expanded(jail, 'failregex') }],
  ['ignoreregex', { get: (jail) => expanded(jail, 'ignoreregex') }],
  ['addfailregex', { set: (jail, words) => add(jail, 'failregex', [words.at(0)]) }],
  ['addignoreregex', { set: (jail, words) => add(jail, 'ignoreregex', [words.at(0)]) }],
  ['delfailregex', { set: (jail, words) => remove(jail, 'failregex', words) }],
  ['delignoreregex', { set: (jail, words) => remove(jail, 'ignoreregex', words) }],
  [
    'prefregex',
    {
      get: prefregex,
      async set(jail, words) {
        const source = words.at(0);
        await amend(jail, { prefregex: source === '' ? undefined : written(source) });
        return prefregex(jail);
      },
    },
  ],
  [
    'datepattern',
    {
      get: datepattern,
      async set(jail, words) {
        const value = words.at(0);
        await amend(jail, { datepattern: value === '' ? undefined : { value, origin: undefined } });
        return datepattern(jail);
      },
    },
  ],
  [
    'maxlines',
    {
      get: ({ settings }) => settings.filter.maxlines?.value ?? 1,
      async set(jail, words) {
        const text = words.at(0);
        const value = jail.settings && wholeNumber(text);
        if (value <= 0) throw valueError('maxlines must be integer greater than zero');
        await amend(jail, { maxlines: { value, origin: undefined } });
        return value;
      },
    },
  ],
  [
    'usedns',
    {
      get: ({ settings }) => readUsedns(settings.filter.usedns.value),
      async set(jail, words) {
        const word = words.at(0).toLowerCase();
        const value = ['yes', 'warn', 'no', 'raw'].includes(word) ? word : 'no';
        await amend(jail, { usedns: { value, origin: undefined } });
        return value;
      },
    },
  ],
  [
    'logtimezone',
    {
      get: ({ settings }) => settings.filter.logtimezone?.value ?? null,
      async set(jail, words) {
        const value = words.at(0);
        await amend(jail, { logtimezone: { value, origin: undefined } });
        return value;
      },
    },
  ],
  [
    'logencoding',
    {
      get: logencoding,
      async set(jail, words) {
        const value = words.at(0);
        await amend(jail, { logencoding: { value, origin: undefined } });
        return logencoding(jail);
      },
    },
  ],
]);

/** @throws Refused where one of them is no expression; then none is added */
export async function add(
  jail: AskedJail,
  list: 'failregex' | 'ignoreregex',
  sources: readonly string[],
): Promise<ReplyValue> {
  await amend(jail, { [list]: [...jail.settings.filter[list], ...sources.map(written)] });
  return expanded(jail, list);
}

/** An index counts from 0, a negative one from the end; where there is none, nothing is removed. */
async function remove(jail: AskedJail, list: 'failregex' | 'ignoreregex', words: Words): Promise<ReplyValue> {
  const index = wholeNumber(words.at(0));
  const before = jail.settings.filter[list];
  const at = index < 0 ? before.length + index : index;
  if (before[at] !== undefined) await amend(jail, { [list]: before.filter((_, place) => place !== at) });
  return expanded(jail, list);
}

function written(source: string): RegexSetting {
  return { source, origin: undefined };
}

function expanded(jail: AskedJail, list: 'failregex' | 'ignoreregex'): ReplyValue {
  return jail.filter[list].map((expression) => expression.expanded);
}

function prefregex(jail: AskedJail): ReplyValue {
  return jail.filter.prefregex?.expanded ?? '';
}

/** The one template with its name; of more or fewer than one only how many there are. A journal's entries need none. */
function datepattern({ settings, filter, readsJournal }: AskedJail): ReplyValue {
  const pattern = settings.filter.datepattern?.value;
  if (readsJournal && pattern === undefined) return null;
  const { templates } = filter.dating.detector;
  const [first] = templates;
  if (templates.length !== 1 || first === undefined) return tuple(null, 'Default Detectors');
  return tuple(first.value === 'fields' ? first.pattern : null, first.name);
}

function logencoding({ settings }: AskedJail): ReplyValue {
  const value = settings.filter.logencoding?.value ?? 'auto';
  return value.toLowerCase() === 'auto' ? 'UTF-8' : value;
}

/** @throws Refused in fail2ban's words for what cannot be compiled; the jail then goes on as it was */
async function amend(jail: AskedJail, change: Partial<FilterSettings>): Promise<void> {
  const { settings } = jail;
  try {
    await jail.change({ filter: { ...settings.filter, ...change } });
  } catch (error) {
    throw error instanceof FilterError ? refused(error, change) : error;
  }
}

function refused(error: FilterError, change: Partial<FilterSettings>): Error {
  // fail2ban takes them one after the other, and stops at the first.
  const problem = error.problems.reduce((first, one) => (one.index < first.index ? one : first));
  const { position } = problem;
  const what = problem.what.replace(/\.$/, '') + (position === undefined ? '' : ` at position ${position}`);
  switch (problem.option) {
    case 'logencoding':
      return notKnown(`unknown encoding: ${change.logencoding?.value ?? ''}`);
    case 'logtimezone':
      return valueError(`Unknown or unsupported time zone: '${change.logtimezone?.value ?? ''}'`);
    case 'datepattern':
    case 'maxlines':
      return valueError(what);
    default:
      return regexError(what);
  }
}
