import { ConfigError } from '../errors.js';
import { type InterpolationContext, interpolate } from '../interpolate/percent.js';
import { pythonRepr } from '../render/python.js';
import type { ActionSettings, JailSettings, LogPath, Origin, Sourced } from '../settings.js';
import { originOf, type Traced, traced } from '../syntax/traced.js';
import { isPlainBoolean, parseBoolean } from '../values/boolean.js';
import { parseInteger } from '../values/integer.js';
import { parseSpec, type Spec, SpecError, specError, splitSpecs } from '../values/spec.js';
import { parseTime } from '../values/time.js';
import { splitAddressList } from '../values/words.js';
import { type ActionContext, findAction } from './action.js';
import { type FilterReading, type ResolvedFilter, readFilter } from './filter.js';
import { overlayFilter } from './filter-settings.js';
import type { Findings } from './findings.js';
import type { ConfigSet, Library } from './library.js';
import { resolveLogpaths } from './logpath.js';

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
} as const;
export type JailOptionName = keyof typeof jailOptionTypes;

/** What a jail's resolving needs besides its name. */
export interface JailContext {
  readonly library: Library;
  readonly set: ConfigSet;
  readonly findings: Findings;
  readonly builtinActions: ReadonlySet<string>;
  /** Jails whose logs do not exist are kept (as `-d` does). */
  readonly allowMissingLogs: boolean | 'report';
}

/** A jail's options as read: final text, and the place. */
export interface JailOptions {
  readonly values: ReadonlyMap<JailOptionName, Traced>;
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
 * Resolves one enabled jail with its filter and actions.
 *
 * @throws ConfigError where the jail cannot run: unknown filter or action, a reference that leads nowhere, no log
 */
export function resolveJail(context: JailContext, name: string): JailSettings {
  const { findings, set } = context;
  const { values, filter, filterSpec } = readJailOptions(context, name);
  const where = set.tree.origins.get(name);
  const unreadable: string[] = [];
  const text = (option: JailOptionName): Sourced<string> | undefined => {
    const value = values.get(option);
    return value && { value: value.text, origin: originOf(value) ?? where };
  };
  const boolean = (option: JailOptionName): Sourced<boolean> | undefined => {
    const found = text(option);
    if (found && !isPlainBoolean(found.value)) {
      findings.add(
        'warning',
        'F2B_CONFIG_BOOLEAN',
        `${option} = ${found.value} means no: only 1, on, true and yes mean yes.`,
        found.origin,
        'Write true or false.',
        name,
      );
    }
    return found && { value: parseBoolean(found.value), origin: found.origin };
  };
  const integer = (option: JailOptionName): Sourced<number> | undefined => {
    const found = text(option);
    if (!found) return undefined;
    const value = parseInteger(found.value);
    if (value !== undefined) return { value, origin: found.origin };
    unreadable.push(option);
    findings.add(
      'error',
      'F2B_CONFIG_NUMBER',
      `Wrong value for '${option}' in '${name}': '${found.value}' is no whole number.`,
      found.origin,
      'Write a whole number; until then the default holds.',
      name,
    );
    return undefined;
  };
  const duration = (option: 'findtime' | 'bantime'): JailSettings['findtime'] => {
    const found = text(option);
    if (!found) return undefined;
    let seconds = 600;
    try {
      const value = parseTime(found.value, found.origin);
      seconds = option === 'bantime' ? Math.trunc(value) : value;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      findings.add(
        'error',
        error.code,
        `${option} of '${name}': ${error.what}`,
        error.origin,
        `${error.advice} Until then 10 minutes hold.`,
        name,
      );
    }
    return { text: found.value, seconds, origin: found.origin };
  };

  const backend = text('backend') ?? { value: 'auto', origin: undefined };
  if (backend.origin === undefined && !values.has('backend')) {
    findings.add(
      'hint',
      'F2B_CONFIG_DEFAULT_USED',
      `'backend' not defined in '${name}'. Using default one: 'auto'`,
      where,
      'Set backend in [DEFAULT] of jail.local to choose yourself.',
      name,
    );
  }
  const filterSettings = overlayFilter(values, filter, filterSpec, findings, name, where);
  const logpath = values.get('logpath');
  const logpaths = logpath ? resolveLogpaths(logpath, context.library.store.edge, findings, name) : [];
  const chosen = chooseBackend(context, name, backend, values, logpaths, filterSettings.journalmatch.length > 0);
  return {
    name,
    origin: where,
    backend: chosen,
    filter: filterSettings,
    logpaths,
    maxretry: integer('maxretry'),
    maxmatches: integer('maxmatches'),
    findtime: duration('findtime'),
    bantime: duration('bantime'),
    bantimeIncrement: {
      increment: boolean('bantime.increment'),
      factor: text('bantime.factor'),
      formula: text('bantime.formula'),
      multipliers: text('bantime.multipliers'),
      maxtime: text('bantime.maxtime'),
      rndtime: text('bantime.rndtime'),
      overalljails: boolean('bantime.overalljails'),
    },
    ignorecommand: text('ignorecommand'),
    ignoreself: boolean('ignoreself'),
    ignoreip: splitAddressList(values.get('ignoreip')?.text ?? ''),
    ignoreipOrigin: text('ignoreip')?.origin,
    ignorecache: text('ignorecache'),
    actions: resolveActions(context, name, values),
    unreadable,
  };
}

/** Reads a jail's filter and then its options, so that `%(known/failregex)s` in the jail finds the filter's. */
export function readJailOptions(context: JailContext, name: string): JailOptions {
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
    } catch (error) {
      if (error instanceof SpecError) throw specError('filter', filterText, error, pythonRepr(filterText.text));
      throw error;
    }
    reading = readFilter(context.library, filterSpec, originOf(filterText), backend.text, first);
  } else {
    context.findings.add(
      'warning',
      'F2B_CONFIG_NO_FILTER',
      `No filter set for jail ${name}`,
      tree.origins.get(name),
      'Set filter to the name of a file in filter.d; until then only the failregex of the jail itself matches.',
      name,
    );
  }
  const known: InterpolationContext = reading ? { ...bare, known: reading.variable } : bare;
  const values = new Map<JailOptionName, Traced>();
  for (const option of Object.keys(jailOptionTypes) as JailOptionName[]) {
    const value = readOption(known, option);
    if (value) values.set(option, value);
  }
  const filter = reading?.finish(optionsAsText(values), new Set(values.keys()));
  return { values, filter, filterSpec };
}

function readOption(context: InterpolationContext, option: string): Traced | undefined {
  const entry = context.tree.find(context.section, option);
  if (!entry) return undefined;
  const value = interpolate(context, option, entry);
  return originOf(value) ? value : traced(value.text, entry.origin);
}

/** The jail's options as its filter and actions see them: booleans and numbers as Python writes them. */
function optionsAsText(values: ReadonlyMap<JailOptionName, Traced>): Map<string, Traced> {
  const options = new Map<string, Traced>();
  options.set('backend', traced('auto', undefined));
  for (const [name, value] of values) {
    const type = jailOptionTypes[name];
    if (type === 'boolean') options.set(name, { ...value, text: parseBoolean(value.text) ? 'True' : 'False' });
    else if (type === 'integer') {
      const number = parseInteger(value.text);
      if (number !== undefined) options.set(name, { ...value, text: String(number) });
    } else options.set(name, value);
  }
  return options;
}

function resolveActions(
  context: JailContext,
  name: string,
  values: ReadonlyMap<JailOptionName, Traced>,
): ActionSettings[] {
  const { findings } = context;
  const list = values.get('action');
  const actions: ActionSettings[] = [];
  const actionContext: ActionContext = {
    library: context.library,
    jail: name,
    jailOptions: optionsAsText(values),
    builtinActions: context.builtinActions,
  };
  const found = list ? splitSpecs(list).map((spec) => findAction(actionContext, spec)) : [];
  for (const element of found) {
    const action = element.resolve();
    const twin = actions.find((other) => other.name === action.name);
    if (twin) {
      findings.add(
        'error',
        'F2B_CONFIG_DUPLICATE_ACTION',
        `jail '${name}' has two actions named '${action.name}'.`,
        action.origin,
        'Give one of them another name: ACTION[actname=other]; until then the first holds.',
        name,
      );
    }
    if (action.python) {
      findings.add(
        'warning',
        'F2B_CONFIG_PYTHON_ACTION',
        `${action.file} is an action written in Python, which f2b cannot run.`,
        action.origin,
        'Replace it by an action of commands (for mail: sendmail).',
        name,
      );
    }
    actions.push(action);
  }
  if (actions.length === 0) {
    findings.add(
      'warning',
      'F2B_CONFIG_NO_ACTION',
      `No actions were defined for ${name}`,
      list ? originOf(list) : context.set.tree.origins.get(name),
      'Set action, for example action = %(action_)s; until then bans are only counted.',
      name,
    );
  }
  return actions;
}

/**
 * fail2ban 1.1's rule for a jail none of whose logs exists: with `backend = auto` and a journalmatch it reads the journal
 * instead (unless `systemd_if_nologs` is false); else it cannot run.
 */
function chooseBackend(
  context: JailContext,
  name: string,
  backend: Sourced<string>,
  values: ReadonlyMap<JailOptionName, Traced>,
  logpaths: readonly LogPath[],
  hasJournalmatch: boolean,
): Sourced<string> {
  const logpath = values.get('logpath');
  if (!logpath || backend.value.startsWith('systemd')) return backend;
  if (logpaths.some((path) => path.files.length > 0)) return backend;
  const origin: Origin | undefined = originOf(logpath);
  if (context.allowMissingLogs === true) {
    context.findings.add(
      'warning',
      'F2B_CONFIG_NO_LOG',
      `Have not found any log file for ${name} jail`,
      origin,
      'Create the log, mend logpath, or read the journal with backend = systemd.',
      name,
    );
    return backend;
  }
  const journal = values.get('systemd_if_nologs');
  if (backend.value.startsWith('auto') && hasJournalmatch && (!journal || parseBoolean(journal.text))) {
    context.findings.add(
      'hint',
      'F2B_CONFIG_JOURNAL_INSTEAD',
      `no log file of ${name} exists, so it reads the journal.`,
      origin,
      'Set backend = systemd to say so yourself.',
      name,
    );
    return { value: 'systemd', origin: backend.origin };
  }
  const patterns = logpaths.map((path) => path.pattern).join(', ');
  const error = new ConfigError(
    'F2B_CONFIG_NO_LOG',
    `Have not found any log file for '${name}' jail.${patterns ? ` None of these exists: ${patterns}.` : ''}`,
    origin,
    'Create the log, mend logpath, or read the journal with backend = systemd; the other jails run.',
  );
  if (context.allowMissingLogs !== 'report') throw error;
  context.findings.addError(error, name);
  return backend;
}
