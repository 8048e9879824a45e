import { ConfigError } from '../errors.js';
import type { Findings } from '../findings.js';
import { type InterpolationContext, interpolate } from '../interpolate/percent.js';
import type { ConfigSet, Library } from '../library/library.js';
import { pythonRepr } from '../render/python.js';
import { originOf, type Traced, traced } from '../syntax/traced.js';
import { isPlainBoolean, parseBoolean } from '../values/boolean.js';
import { parseInteger } from '../values/integer.js';
import { parseSpec, type Spec, SpecError, specError } from '../values/spec.js';
import type { Lookup } from './definition.js';
import { type FilterReading, type ResolvedFilter, readFilter } from './filter.js';

/** Options of a jail that reach the server or steer the reading, with what they hold. */
export const jailOptionTypes = {
  enabled: 'boolean',
  backend: 'text',
  maxretry: 'integer',
  maxmatches: 'integer',
  findtime: 'time',
  bantime: 'time',
  'bantime.increment': 'boolean',
  'bantime.factor': 'text',
  'bantime.formula': 'text',
  'bantime.multipliers': 'text',
  'bantime.maxtime': 'time',
  'bantime.rndtime': 'time',
  'bantime.overalljails': 'boolean',
  usedns: 'text',
  prefregex: 'text',
  maxlines: 'integer',
  ignoreregex: 'text',
  failregex: 'text',
  datepattern: 'text',
  journalmatch: 'text',
  ignorecommand: 'text',
  ignoreself: 'boolean',
  ignoreip: 'text',
  ignorecache: 'text',
  filter: 'text',
  logtimezone: 'text',
  logencoding: 'text',
  logpath: 'text',
  skip_if_nologs: 'boolean',
  systemd_if_nologs: 'boolean',
  action: 'text',
  simulate: 'boolean',
} as const;
export type JailOptionName = keyof typeof jailOptionTypes;
const jailOptionNames = Object.keys(jailOptionTypes) as JailOptionName[];
const noArguments: ReadonlyMap<string, Traced> = new Map();

/** What a jail's resolving needs besides its name. */
export interface JailContext {
  readonly library: Library;
  readonly set: ConfigSet;
  readonly findings: Findings;
  readonly builtinActions: ReadonlySet<string>;
  /** Jails whose logs do not exist are kept (as `-d` does). */
  readonly allowMissingLogs: boolean | 'report';
  /** The file of f2b's own words: the daemon makes it before any jail reads it. */
  readonly ownLog: string | undefined;
}

/** A jail's options as read: final text, and the place. */
export interface JailOptions {
  readonly values: ReadonlyMap<JailOptionName, Traced>;
  /** The same as the filter and the actions see them. */
  readonly asText: Lookup;
  readonly filter: ResolvedFilter | undefined;
  readonly filterSpec: Spec | undefined;
}

/** Whether the jail is switched on. */
export function isEnabled(context: JailContext, name: string): boolean {
  const value = readOption({ tree: context.set.tree, section: name }, 'enabled');
  if (!value) return false;
  if (!isPlainBoolean(value.text)) {
    context.findings.add(
      'warning',
      'F2B_CONFIG_BOOLEAN',
      `enabled = ${value.text} means no: only 1, on, true and yes mean yes.`,
      originOf(value),
      'Write enabled = true or enabled = false.',
      name,
    );
  }
  return parseBoolean(value.text);
}

/**
 * Looks at what fail2ban reads even of a jail that is switched off. A mistake there costs f2b nothing; it is a warning,
 * since fail2ban refuses the whole configuration for it.
 */
export function checkDisabled(context: JailContext, name: string): void {
  for (const option of ['backend', 'filter']) {
    try {
      readOption({ tree: context.set.tree, section: name }, option);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      context.findings.add(
        'warning',
        error.code,
        error.what,
        error.origin,
        `${error.advice} The jail is off, so f2b goes on; fail2ban refuses the whole configuration.`,
        name,
      );
    }
  }
}

/**
 * Reads a jail's filter and then its options, so that `%(known/failregex)s` in the jail finds the filter's.
 *
 * @param given arguments for the filter that win over those which the jail gives it
 */
export function readJailOptions(
  context: JailContext,
  name: string,
  given: ReadonlyMap<string, Traced> = noArguments,
): JailOptions {
  const { tree } = context.set;
  const bare: InterpolationContext = { tree, section: name };
  const first = new Map<string, Traced>([['enabled', traced('True', undefined)]]);
  const backend = readOption(bare, 'backend') ?? traced('auto', undefined);
  first.set('backend', backend);
  const filterText = readOption(bare, 'filter');
  let reading: FilterReading | undefined;
  let filterSpec: Spec | undefined;
  if (filterText && filterText.text !== '') {
    first.set('filter', filterText);
    try {
      filterSpec = parseSpec(filterText);
      if (given.size > 0) filterSpec = { ...filterSpec, args: new Map([...filterSpec.args, ...given]) };
    } catch (error) {
      if (error instanceof SpecError) throw specError('filter', filterText, error, pythonRepr(filterText.text));
      throw error;
    }
    // A filter that the jail does not name is asked for by [DEFAULT], often as %(__name__)s: nothing is wrong in that line.
    const own = tree.sections.get(name)?.has('filter') === true;
    const place = own ? originOf(filterText) : tree.origins.get(name);
    const advice = own
      ? undefined
      : `Set filter in [${name}] to the name of a file in filter.d, without its ending; or to nothing ('filter ='), where the jail brings its own failregex.`;
    reading = readFilter(context.library, filterSpec, place, backend.text, first, advice);
  } else sayNoFilter(context, name, filterText !== undefined);
  const known: InterpolationContext = reading ? { ...bare, known: reading.variable } : bare;
  const values = new Map<JailOptionName, Traced>();
  for (const option of jailOptionNames) {
    const value = readOption(known, option);
    if (value) values.set(option, value);
  }
  const asText = new OptionsAsText(values);
  const filter = reading?.finish(asText, values);
  return { values, asText, filter, filterSpec };
}

/** A jail that says `filter =` and brings expressions of its own means it. */
function sayNoFilter({ set, findings }: JailContext, name: string, saysSo: boolean): void {
  const bringsOwn = (set.tree.find(name, 'failregex')?.value.text ?? '') !== '';
  if (saysSo && bringsOwn) return;
  findings.add(
    bringsOwn ? 'hint' : 'warning',
    'F2B_CONFIG_NO_FILTER',
    `No filter set for jail ${name}`,
    set.tree.origins.get(name),
    bringsOwn
      ? "Write 'filter =' to say that its own failregex is all there is."
      : 'Set filter to the name of a file in filter.d; until then only the failregex of the jail itself matches.',
    name,
  );
}

function readOption(context: InterpolationContext, option: string): Traced | undefined {
  const entry = context.tree.find(context.section, option);
  if (!entry) return undefined;
  const value = interpolate(context, option, entry);
  return originOf(value) ? value : traced(value.text, entry.origin);
}

/** The jail's options as its filter and actions see them: booleans and numbers as Python writes them. Most are never asked for. */
class OptionsAsText implements Lookup {
  readonly #values: ReadonlyMap<string, Traced>;

  constructor(values: ReadonlyMap<string, Traced>) {
    this.#values = values;
  }

  get(name: string): Traced | undefined {
    const value = this.#values.get(name);
    if (!value) return name === 'backend' ? traced('auto', undefined) : undefined;
    const type = jailOptionTypes[name as JailOptionName];
    if (type === 'boolean') return { ...value, text: parseBoolean(value.text) ? 'True' : 'False' };
    if (type !== 'integer') return value;
    const number = parseInteger(value.text);
    return number === undefined ? undefined : { ...value, text: String(number) };
  }
}
