import type { RunnableJailDump } from '../dump.js';
import { ConfigError } from '../errors.js';
import type { Findings } from '../findings.js';
import { type JailSettings, type LogPath, type Origin, type Sourced, standardInput } from '../settings.js';
import { originOf, type Traced } from '../syntax/traced.js';
import { parseBoolean } from '../values/boolean.js';
import { nearest } from '../values/nearest.js';
import { gluedAt, splitSpecs } from '../values/spec.js';
import { splitAddressList } from '../values/words.js';
import { type ActionContext, type FoundAction, findAction, type ResolvedAction } from './action.js';
import type { Lookup } from './definition.js';
import { overlayFilter } from './filter-settings.js';
import { growthWritten, readGrowth } from './growth.js';
import { readIgnoreCache } from './ignorecache.js';
import { readIgnoreip } from './ignoreip.js';
import { type JailContext, type JailOptionName, readJailOptions } from './jail-options.js';
import { JailValues } from './jail-values.js';
import { resolveLogpaths } from './logpath.js';

/** Characters of an `action` list: finding the ends of brackets takes time that grows with the square of its length. */
const maxActionList = 32 * 1024;

const backends = ['auto', 'pyinotify', 'polling', 'systemd', 'command', 'docker-json'];

/** No log of a jail exists, and its `skip_if_nologs` says that this is as it should be. */
export class MissingLogs extends ConfigError {}

/**
 * Resolves one enabled jail with its filter and actions.
 *
 * @throws ConfigError where the jail cannot run: unknown filter or action, a reference that leads nowhere, no log
 */
export function resolveJail(context: JailContext, name: string): RunnableJailDump {
  const { findings, set, library } = context;
  const { values, asText, filter, filterSpec } = readJailOptions(context, name);
  const where = set.tree.origins.get(name);
  const plain = new JailValues(values, findings, name, where);
  const { snapshot } = library.store;
  const backend = plain.text('backend') ?? { value: 'auto', origin: undefined };
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
  const overlaid = overlayFilter(values, filter, filterSpec, findings, name, where);
  const logpath = values.get('logpath');
  const logpaths = logpath ? resolveLogpaths(logpath, snapshot, findings, name) : [];
  checkBackend(backend, name, findings);
  const chosen = chooseBackend(context, name, backend, values, logpaths, overlaid.settings.journalmatch.length > 0);
  const ignoreip = values.get('ignoreip');
  const actions = resolveActions(context, name, values, asText);
  const simulate = plain.flag('simulate');
  const jail: JailSettings = {
    name,
    origin: where,
    backend: chosen,
    filter: overlaid.settings,
    logpaths,
    maxretry: plain.count('maxretry', 1),
    maxmatches: plain.count('maxmatches', 0),
    findtime: plain.duration('findtime'),
    bantime: plain.duration('bantime'),
    growth: readGrowth(plain, findings, name),
    growthWritten: growthWritten(plain.written),
    ignorecommand: plain.text('ignorecommand'),
    ignoreself: plain.boolean('ignoreself'),
    ignoreip: ignoreip ? readIgnoreip(ignoreip, snapshot, findings, name) : [],
    ignorecache: readIgnoreCache(plain, findings, name),
    // What has no action only counts, for fail2ban as well.
    actions: simulate ? [] : actions.map(({ settings }) => settings),
    simulate,
  };
  return {
    kind: 'jail',
    jail,
    written: plain.written,
    ignoreip: ignoreip && splitAddressList(ignoreip.text),
    filter: overlaid.sent,
    bare: new Set(actions.flatMap(({ settings, bare }) => (bare ? [settings] : []))),
  };
}

function resolveActions(
  context: JailContext,
  name: string,
  values: ReadonlyMap<JailOptionName, Traced>,
  jailOptions: Lookup,
): ResolvedAction[] {
  const { findings } = context;
  const list = values.get('action');
  const actions: ResolvedAction[] = [];
  const actionContext: ActionContext = {
    library: context.library,
    jail: name,
    jailOptions,
    builtinActions: context.builtinActions,
  };
  if (list && list.text.length > maxActionList) {
    throw new ConfigError(
      'F2B_CONFIG_TOO_LARGE',
      `the action list of '${name}' has ${list.text.length} characters, more than ${maxActionList}.`,
      originOf(list),
      'Put long texts into a file in action.d.',
    );
  }
  for (const element of list ? findActions(actionContext, list, context.set.tree.find(name, 'action')?.origin) : []) {
    const resolved = element.resolve();
    const action = resolved.settings;
    if (actions.some(({ settings }) => settings.name === action.name)) {
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
    actions.push(resolved);
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

/** @param written where the list is set: its parts may have been written elsewhere */
function findActions(context: ActionContext, list: Traced, written: Origin | undefined): FoundAction[] {
  try {
    return splitSpecs(list).map((spec) => findAction(context, spec));
  } catch (error) {
    const glued = error instanceof ConfigError ? gluedAt(list.text) : -1;
    if (!(error instanceof ConfigError) || glued < 0) throw error;
    const next = /^[^\s[]*/.exec(list.text.slice(glued))![0];
    throw new ConfigError(
      error.code,
      error.what,
      written,
      `'${next}' is glued to the action in front of it: put a blank or a new line between two actions.`,
      { definition: error.definition },
    );
  }
}

/** fail2ban's server fails at the start for a backend that it does not know. */
function checkBackend({ value, origin }: Sourced<string>, name: string, findings: Findings): void {
  const word = value.replace(/\[.*$/s, '');
  if (backends.includes(word)) return;
  const near = nearest(word, backends);
  const hint = `Write ${near ? `${near}, or one of ` : 'one of '}${backends.join(', ')}.`;
  findings.add('error', 'F2B_CONFIG_CHOICE', `'${word}' is no backend.`, origin, hint, name);
}

/**
 * fail2ban 1.1's rule for a jail none of whose logs exists: with `backend = auto` and a journalmatch it reads the journal
 * instead (unless `systemd_if_nologs` is false); else, with `skip_if_nologs`, it is left out; else it cannot run.
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
  const { findings, library } = context;
  if (/^(?:systemd|command(?:\[|$))/.test(backend.value)) return backend;
  if (!logpath) return backend;
  if (logpaths.some(({ pattern }) => pattern === standardInput)) return backend;
  const named = logpaths.flatMap((path) => path.files);
  if (named.some((file) => library.store.snapshot.kind(file) === 'file')) return backend;
  if (context.allowMissingLogs !== true && logpaths.some(({ pattern }) => pattern === context.ownLog)) return backend;
  const origin = originOf(logpath);
  const says = (option: JailOptionName, unset: boolean): boolean => {
    const value = values.get(option);
    return value ? parseBoolean(value.text) : unset;
  };
  const patterns = logpaths.map((path) => path.pattern).join(', ');
  if (named.length === 0 && backend.value.startsWith('auto') && hasJournalmatch && says('systemd_if_nologs', true)) {
    findings.add(
      'hint',
      'F2B_CONFIG_JOURNAL_INSTEAD',
      `jail '${name}' reads the journal, because ${patterns === '' ? 'logpath names no log' : `none of its logs exists: ${patterns}`}.`,
      origin,
      'Write backend = systemd to say that this is meant, or systemd_if_nologs = false to have no jail without the log.',
      name,
    );
    return { value: 'systemd', origin: backend.origin };
  }
  if (named.length === 0 && says('skip_if_nologs', false)) {
    throw new MissingLogs(
      'F2B_CONFIG_NO_LOG',
      `Jail '${name}' skipped, because of missing log files.`,
      origin,
      'Create the log, or mend logpath; skip_if_nologs says that this is no mistake.',
    );
  }
  if (context.allowMissingLogs === true) {
    findings.add(
      'warning',
      'F2B_CONFIG_NO_LOG',
      `Have not found any log file for ${name} jail`,
      origin,
      'Create the log, or mend logpath.',
      name,
    );
    return backend;
  }
  const why =
    patterns === ''
      ? 'logpath names none.'
      : named.length > 0
        ? `None of these is a file: ${patterns}.`
        : `None of these exists: ${patterns}.`;
  const error = new ConfigError(
    'F2B_CONFIG_NO_LOG',
    `Have not found any log file for '${name}' jail. ${why}`,
    origin,
    'Create the log, or mend logpath; the other jails run.',
  );
  if (context.allowMissingLogs !== 'report') throw error;
  findings.addError(error, name);
  return backend;
}
