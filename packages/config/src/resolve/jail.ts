import { ConfigError } from '../errors.js';
import type { ActionSettings, JailSettings, LogPath, Origin, Sourced } from '../settings.js';
import { originOf, type Traced } from '../syntax/traced.js';
import { isPlainBoolean, parseBoolean } from '../values/boolean.js';
import { parseInteger } from '../values/integer.js';
import { splitSpecs } from '../values/spec.js';
import { parseTime } from '../values/time.js';
import { splitAddressList } from '../values/words.js';
import { type ActionContext, findAction } from './action.js';
import { overlayFilter } from './filter-settings.js';
import { type JailContext, type JailOptionName, readJailOptions } from './jail-options.js';
import { resolveLogpaths } from './logpath.js';

/** Characters of an `action` list: finding the ends of brackets takes time that grows with the square of its length. */
const MAX_ACTION_LIST = 32 * 1024;

/**
 * Resolves one enabled jail with its filter and actions.
 *
 * @throws ConfigError where the jail cannot run: unknown filter or action, a reference that leads nowhere, no log
 */
export function resolveJail(context: JailContext, name: string): JailSettings {
  const { findings, set } = context;
  const { values, asText, filter, filterSpec } = readJailOptions(context, name);
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
  const logpaths = logpath ? resolveLogpaths(logpath, context.library.store.snapshot, findings, name) : [];
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
    actions: resolveActions(context, name, values, asText),
    unreadable,
  };
}

function resolveActions(
  context: JailContext,
  name: string,
  values: ReadonlyMap<JailOptionName, Traced>,
  jailOptions: ReadonlyMap<string, Traced>,
): ActionSettings[] {
  const { findings } = context;
  const list = values.get('action');
  const actions: ActionSettings[] = [];
  const actionContext: ActionContext = {
    library: context.library,
    jail: name,
    jailOptions,
    builtinActions: context.builtinActions,
  };
  if (list && list.text.length > MAX_ACTION_LIST) {
    throw new ConfigError(
      'F2B_CONFIG_TOO_LARGE',
      `the action list of '${name}' has ${list.text.length} characters, more than ${MAX_ACTION_LIST}.`,
      originOf(list),
      'Put long texts into a file in action.d.',
    );
  }
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
  if (backend.value.startsWith('systemd')) {
    context.findings.add(
      'warning',
      'F2B_CONFIG_JOURNAL',
      `jail '${name}': backend = ${backend.value} asks for the journal, which this version of f2b cannot read${logpath ? ': it reads the files of logpath instead' : ''}.`,
      backend.origin,
      'Let a syslog daemon such as rsyslog write a log, set logpath to it, and backend = auto.',
      name,
    );
    return backend;
  }
  if (!logpath) return backend;
  if (logpaths.some((path) => path.files.length > 0)) return backend;
  const origin: Origin | undefined = originOf(logpath);
  if (context.allowMissingLogs === true) {
    context.findings.add(
      'warning',
      'F2B_CONFIG_NO_LOG',
      `Have not found any log file for ${name} jail`,
      origin,
      'Create the log, or mend logpath.',
      name,
    );
    return backend;
  }
  const journal = values.get('systemd_if_nologs');
  if (backend.value.startsWith('auto') && hasJournalmatch && (!journal || parseBoolean(journal.text))) {
    context.findings.add(
      'warning',
      'F2B_CONFIG_JOURNAL_INSTEAD',
      `no log file of ${name} exists. fail2ban would read the journal, which this version of f2b cannot: it waits for the file.`,
      origin,
      'Let a syslog daemon such as rsyslog write it, or mend logpath.',
      name,
    );
    return { value: 'systemd', origin: backend.origin };
  }
  const patterns = logpaths.map((path) => path.pattern).join(', ');
  const error = new ConfigError(
    'F2B_CONFIG_NO_LOG',
    `Have not found any log file for '${name}' jail.${patterns ? ` None of these exists: ${patterns}.` : ''}`,
    origin,
    'Create the log, or mend logpath; the other jails run.',
  );
  if (context.allowMissingLogs !== 'report') throw error;
  context.findings.addError(error, name);
  return backend;
}
