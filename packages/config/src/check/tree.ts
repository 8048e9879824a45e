import { ConfigError } from '../errors.js';
import type { Findings } from '../findings.js';
import type { ConfigSet } from '../library/library.js';
import { jailOptionTypes } from '../resolve/jail-options.js';
import { jailContext, openTree, type ReadOptions, readOpenTree } from '../resolve/settings.js';
import type { Finding, Settings } from '../settings.js';
import { checkChoices, checkPorts } from './choices.js';
import { checkOwnLog } from './own-log.js';
import { References } from './references.js';
import { checkDefinitionOptions, checkJailOptions, checkServerOptions } from './unknown.js';

/** What was looked at, and what was found. */
export interface TreeCheck {
  readonly directory: string;
  /** Undefined where the tree as a whole cannot be read. */
  readonly settings: Settings | undefined;
  /** Sorted by file and line. */
  readonly findings: readonly Finding[];
  readonly counts: {
    readonly files: number;
    readonly jails: number;
    readonly skippedJails: number;
  };
  /** No finding is an error: what `-t` answers. */
  readonly ok: boolean;
}

/**
 * Checks a whole tree: reads it as the server would, resolves every filter and action of the enabled jails, and accounts for every
 * option of every file that was read. Whether an expression compiles is for others to say.
 */
export function checkTree(options: ReadOptions): TreeCheck {
  let settings: Settings | undefined;
  let files = 0;
  let found: readonly Finding[];
  try {
    const tree = openTree({ ...options, thorough: true });
    try {
      const reading: ReadOptions = { ...options, allowMissingLogs: options.allowMissingLogs || 'report' };
      settings = readOpenTree(tree, reading);
      checkChoices(settings, tree.findings);
      checkOwnLog(settings, tree.findings);
      checkPorts(settings, jailContext(tree, options).set, tree.findings);
      checkNames(tree.library.sets, settings, jailContext(tree, options).set, tree.findings);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      tree.findings.addError(error);
    }
    files = tree.library.store.parsed.size;
    found = tree.findings.all;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    found = [
      {
        severity: 'error',
        code: error.code,
        what: error.what,
        origin: error.origin,
        advice: error.advice,
        jail: undefined,
      },
    ];
  }
  const findings = [...found].sort(byPlace);
  const idle = new Set(
    findings.filter((one) => one.code === 'F2B_CONFIG_NO_LOG' && one.severity === 'error').map((one) => one.jail),
  );
  const good = settings?.jails.filter((jail) => !idle.has(jail.name)).length ?? 0;
  return {
    directory: options.directory,
    settings,
    findings,
    counts: {
      files,
      jails: good,
      skippedJails: (settings?.jails.length ?? 0) - good + (settings?.skipped.length ?? 0),
    },
    ok: !findings.some((finding) => finding.severity === 'error'),
  };
}

function checkNames(
  sets: ReadonlyMap<string, ConfigSet | undefined>,
  settings: Settings,
  jails: ConfigSet,
  findings: Findings,
): void {
  const references = new References();
  for (const set of sets.values()) if (set) references.addTree(set.tree);
  const enabled = new Set(settings.jails.map((jail) => jail.name));
  const all = [...sets.values()].filter((set) => set !== undefined);
  for (const set of all) {
    if (set === jails) checkJailOptions(set, references, enabled, findings);
    else if (set.name === 'fail2ban') checkServerOptions(set, findings);
    else checkDefinitionOptions(set, references, userOf(set, settings), findings);
    checkInlineHashes(set, findings);
  }
}

/** The first jail that uses a filter or an action. */
function userOf(set: ConfigSet, settings: Settings): string {
  const name = set.name.slice(set.name.indexOf('/') + 1);
  const user = settings.jails.find(
    (jail) => jail.filter.name === name || jail.actions.some((action) => action.file === name),
  );
  return user?.name ?? '';
}

/** `maxretry = 5 # five` gives the text `5 # five`: only `;` begins a comment behind a value. */
function checkInlineHashes(set: ConfigSet, findings: Findings): void {
  if (set.name !== 'jail' && set.name !== 'fail2ban') return;
  for (const entries of [set.tree.defaults, ...set.tree.sections.values()]) {
    for (const entry of entries.values()) {
      if (!/\s#\s/.test(entry.value.text) || /regex/.test(entry.key) || hasOwnFinding(entry.key)) continue;
      findings.add(
        'warning',
        'F2B_CONFIG_INLINE_HASH',
        `the # in the value of '${entry.written}' begins no comment: it is part of the value.`,
        entry.origin,
        'Put the comment on a line of its own, or begin it with a blank and a ;.',
      );
    }
  }
}

/** Times, expressions and `ignoreip` say themselves what a # in them does. */
function hasOwnFinding(option: string): boolean {
  const type = (jailOptionTypes as Readonly<Record<string, string>>)[option];
  return type === 'time' || option === 'ignoreip' || option === 'dbpurgeage' || option.startsWith('bantime.');
}

function byPlace(a: Finding, b: Finding): number {
  const file = (finding: Finding): string => finding.origin?.file ?? '';
  if (file(a) !== file(b)) return file(a) < file(b) ? -1 : 1;
  return (a.origin?.line ?? 0) - (b.origin?.line ?? 0) || (a.origin?.column ?? 0) - (b.origin?.column ?? 0);
}
