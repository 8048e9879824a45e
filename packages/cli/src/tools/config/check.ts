import {
  type ActionSettings,
  ConfigError,
  checkTree,
  type Finding,
  type JailSettings,
  type TreeCheck,
} from '@f2b/config';
import { CoreError, coreErrors, jailJournal, jailStream } from '@f2b/core';
import { conflictsOfBuiltins, doubtfulIn, doubtfulTags, type FirewallError, mistakeInBuiltin } from '@f2b/firewall';
import { compileFilter, FilterError, type FilterProblem, type LintFinding, lintFilter, type Regex } from '@f2b/matcher';

/** One finding of any checker; a linter's may show a line that proves it. */
export type CheckFinding = Finding & Pick<LintFinding, 'example'>;

export interface ConfigurationCheck {
  readonly directory: string;
  /** No finding is an error: what `-t` answers, and the exit code of `f2b config check`. */
  readonly ok: boolean;
  readonly counts: TreeCheck['counts'] & {
    readonly regexes: number;
    readonly errors: number;
    readonly warnings: number;
    readonly hints: number;
  };
  /** By file, line and column. */
  readonly findings: readonly CheckFinding[];
}

export interface ConfigurationCheckOptions {
  readonly directory: string;
  /** Jails without any log file are no error. */
  readonly allowMissingLogs?: boolean;
  /** Also look for expressions that work but invite trouble. */
  readonly lint: boolean;
}

/**
 * All that can be said of a configuration tree without running it: the reader's findings, every expression and date pattern of
 * every enabled jail compiled as the server would, and the linter's opinion of those that compile.
 */
export function checkConfiguration(options: ConfigurationCheckOptions): ConfigurationCheck {
  const { directory, allowMissingLogs = false } = options;
  const tree = checkTree({ directory, allowMissingLogs });
  const findings: CheckFinding[] = [...tree.findings];
  const known = new Map<string, Regex>();
  let regexes = 0;
  const broken = new Set<string>();
  const jails = tree.settings?.jails ?? [];
  const conflicts = conflictsOfBuiltins(jails);
  for (const jail of jails) {
    const { prefregex, failregex, ignoreregex } = jail.filter;
    regexes += failregex.length + ignoreregex.length + (prefregex === undefined ? 0 : 1);
    const fights = conflicts.filter((conflict) => conflict.jail === jail.name);
    const found = [
      ...checkFilter(jail, known, options.lint),
      ...checkSource(jail),
      ...checkActions(jail),
      ...fights.map(({ settings, error }) => errorOfAction(error, settings, jail.name)),
    ];
    if (found.some(({ severity }) => severity === 'error')) broken.add(jail.name);
    findings.push(...found);
  }
  const unique = onePerPlace(findings).sort(byPlace);
  const count = (severity: Finding['severity']) => unique.filter((one) => one.severity === severity).length;
  const errors = count('error');
  const { counts } = tree;
  const idle = unique.filter(({ code, severity }) => code === 'F2B_CONFIG_NO_LOG' && severity === 'error');
  const alsoBroken = [...broken].filter((name) => !idle.some(({ jail }) => jail === name)).length;
  return {
    directory,
    ok: errors === 0,
    counts: {
      ...counts,
      jails: counts.jails - alsoBroken,
      skippedJails: counts.skippedJails + alsoBroken,
      regexes,
      errors,
      warnings: count('warning'),
      hints: count('hint'),
    },
    findings: unique,
  };
}

function checkFilter(jail: JailSettings, known: Map<string, Regex>, lint: boolean): CheckFinding[] {
  const named = (finding: CheckFinding): CheckFinding => ({ ...finding, jail: jail.name });
  try {
    const filter = compileFilter(jail.filter, { known });
    return lint ? lintFilter(filter).map(named) : [];
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return error.problems.map((problem) => {
      const { code, origin, advice } = problem;
      return named({ severity: 'error', code, what: brokenWhat(problem), origin, advice, jail: undefined });
    });
  }
}

/** What a jail asks of the journal, or which command it reads: the daemon does not start it where there is something wrong with it. */
function checkSource(jail: JailSettings): CheckFinding[] {
  try {
    jailJournal(jail);
    jailStream(jail);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) {
      const { code, what, advice } = error;
      return [{ severity: 'error', code, what, origin: jail.backend.origin, advice, jail: jail.name }];
    }
    if (!(error instanceof CoreError)) throw error;
    const { code, message } = error;
    const { origin } = code === 'F2B_JOURNAL_MATCH' ? jail : jail.backend;
    const what = `${capitalised(message)}.`;
    return [{ severity: 'error', code, what, origin, advice: coreErrors[code].advice, jail: jail.name }];
  }
}

/** Whether the commands of `action.d` work is for a shell to judge; where they put what a log line says is looked at. */
function checkActions({ name, actions, ignorecommand }: JailSettings): CheckFinding[] {
  const found = actions.flatMap((action): CheckFinding[] => {
    if (!action.builtin) return doubtfulTags(action).map((finding) => ({ ...finding, jail: name }));
    const mistake = mistakeInBuiltin(action);
    return mistake === undefined ? [] : [errorOfAction(mistake, action, name)];
  });
  const asked = ignorecommand === undefined ? [] : doubtfulIn(ignorecommand.value, 'ignorecommand');
  return [...found, ...asked.map((finding) => ({ ...finding, origin: ignorecommand?.origin, jail: name }))];
}

function errorOfAction({ code, message }: FirewallError, { origin }: ActionSettings, jail: string): CheckFinding {
  // What to do stands behind the last semicolon; the value in front of it may have others.
  const end = message.lastIndexOf('; ');
  const what = `${message.slice(0, end)}.`;
  const advice = `${capitalised(message.slice(end + 2))}.`;
  return { severity: 'error', code, what, origin, advice, jail };
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The column says where in the expression; the reason comes first, not fail2ban's sentence around the expression with its tags expanded. */
function brokenWhat({ code, option, what }: FilterProblem): string {
  return code === 'F2B_FILTER_REGEX' ? `${option} does not compile: ${what.slice(what.lastIndexOf('\n') + 1)}.` : what;
}

/** Jails that share a filter have its findings in common: said once. */
function onePerPlace(findings: readonly CheckFinding[]): CheckFinding[] {
  const seen = new Map<string, CheckFinding>();
  for (const finding of findings) {
    const { code, origin, what } = finding;
    const key = JSON.stringify([code, origin?.file, origin?.line, origin?.column, what, origin ? '' : finding.jail]);
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}

function byPlace(a: Finding, b: Finding): number {
  const file = (finding: Finding) => finding.origin?.file ?? '';
  if (file(a) !== file(b)) return file(a) < file(b) ? -1 : 1;
  return (a.origin?.line ?? 0) - (b.origin?.line ?? 0) || (a.origin?.column ?? 0) - (b.origin?.column ?? 0);
}
