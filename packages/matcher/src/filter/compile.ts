import type { RegexSetting } from '@f2b/config';
import { type Expansion, expandTagsMapped } from '../dialect/tags.js';
import { type LogEncoding, openEncoding } from '../encoding/encoding.js';
import type { Regex } from '../engines/engine.js';
import { compileRegex } from '../engines/regex.js';
import { RegexSyntaxError } from '../errors.js';
import { compileDating, type Dating } from './dating.js';
import { type GroupPlan, planGroups } from './groups.js';
import { readUsedns, type Usedns } from './identifier.js';
import { literalTest } from './literal-search.js';
import { FilterError, type FilterProblem } from './problems.js';
import type { MatchSettings } from './settings.js';

/** One expression of a filter, ready to run. */
export interface Expression {
  readonly regex: Regex;
  /** As written, tags still in it, with its place. */
  readonly setting: RegexSetting;
  /** Tags expanded: what `get JAIL failregex` shows. */
  readonly expanded: string;
  readonly plan: GroupPlan;
  /** False only where the text lacks every literal that a match needs: cheaper than asking the engine. */
  mayMatch(subject: string): boolean;
}

/** A filter ready to match lines. Holds no state: any number of scans may use it, one after the other. */
export interface CompiledFilter {
  readonly settings: MatchSettings;
  readonly usedns: Usedns;
  readonly prefregex: Expression | undefined;
  readonly failregex: readonly Expression[];
  readonly ignoreregex: readonly Expression[];
  /** fail2ban's rule: with fewer ignoreregex than failregex minus two, ignoreregex also sees the line before prefregex does. */
  readonly ignoresEarly: boolean;
  /** Lines that one match may span; 1 for nearly every filter. */
  readonly maxlines: number;
  /** The year that bounds the years of the default date templates. */
  readonly thisYear: number;
  readonly dating: Dating;
  readonly encoding: LogEncoding;
}

export interface CompileFilterOptions {
  /** Instead of the setting's own (`f2b regex --raw`). */
  readonly usedns?: Usedns;
  /**
   * The present year: the default templates read years from 2000 until shortly after it. Default: the system's; an earlier one changes
   * nothing, so that a present that is played (`f2b regex --now`) makes no line unreadable.
   */
  readonly thisYear?: number;
  /** Expressions already compiled, by `regexKey`, shared between filters that hold the same ones. */
  readonly known?: Map<string, Regex>;
}

/** @param expanded with its tags expanded */
export function regexKey(expanded: string, multiline: boolean): string {
  return `${multiline ? 'm' : 's'}${expanded}`;
}

const idGroups = ['fid', 'ip4', 'ip6', 'dns', 'mlfid'];

function namesAnId(regex: Regex): boolean {
  return regex.groupNames.some((name) => name !== undefined && idGroups.includes(name));
}

/** Compiles the expressions of one filter and collects what is wrong with them. */
class FilterCompiler {
  readonly problems: FilterProblem[] = [];
  readonly #usedns: Usedns;
  readonly #known: Map<string, Regex>;

  constructor(usedns: Usedns, known: Map<string, Regex>) {
    this.#usedns = usedns;
    this.#known = known;
  }

  expression(
    option: 'prefregex' | 'failregex' | 'ignoreregex',
    index: number,
    setting: RegexSetting,
    multiline: boolean,
  ): Expression | undefined {
    const { source, origin } = setting;
    if (source.trim() === '') {
      this.problems.push({
        code: 'F2B_FILTER_EMPTY_REGEX',
        option,
        index,
        what: 'Cannot add empty regex.',
        origin,
        advice: `Write an expression, or remove the empty entry of ${option}.`,
      });
      return undefined;
    }
    const expansion = expandTagsMapped(source, { usedns: this.#usedns });
    const expanded = expansion.text;
    const key = regexKey(expanded, multiline);
    try {
      const regex = this.#known.get(key) ?? compileRegex(expanded, { multiline });
      this.#known.set(key, regex);
      return { regex, setting, expanded, plan: planGroups(regex.groupNames), mayMatch: literalTest(regex) };
    } catch (error) {
      this.problems.push(brokenExpression(option, index, setting, expansion, error));
      return undefined;
    }
  }
}

function brokenExpression(
  option: FilterProblem['option'],
  index: number,
  setting: RegexSetting,
  expansion: Expansion,
  error: unknown,
): FilterProblem {
  if (!(error instanceof RegexSyntaxError)) throw error;
  const column = expansion.writtenAt(error.column - 1);
  return {
    code: 'F2B_FILTER_REGEX',
    option,
    index,
    what: `Unable to compile regular expression '${expansion.text}':\n${error.reason}`,
    origin: setting.origin === undefined ? undefined : { ...setting.origin, column: setting.origin.column + column },
    advice: `Mend the expression in ${option}; try it with: f2b regex 'a log line' 'the expression'.`,
    position: error.column - 1,
  };
}

/**
 * Compiles a filter. The one place where this is done: daemon, `f2b regex`, `f2b bench`, `f2b explain` and `config check` call it.
 *
 * @throws FilterError naming every broken option at once.
 */
export function compileFilter(settings: MatchSettings, options: CompileFilterOptions = {}): CompiledFilter {
  const usedns = options.usedns ?? readUsedns(settings.usedns.value);
  const thisYear = Math.max(options.thisYear ?? 0, new Date().getFullYear());
  const maxlines = settings.maxlines?.value ?? 1;
  const compiler = new FilterCompiler(usedns, options.known ?? new Map());
  const { problems } = compiler;
  if (!Number.isSafeInteger(maxlines) || maxlines < 1) {
    problems.push({
      code: 'F2B_FILTER_MAXLINES',
      option: 'maxlines',
      index: 0,
      what: `maxlines is ${maxlines}.`,
      origin: settings.maxlines?.origin,
      advice: 'Give a number of lines, 1 or more.',
    });
  }

  const prefregex =
    settings.prefregex === undefined ? undefined : compiler.expression('prefregex', 0, settings.prefregex, false);
  const compileList = (option: 'failregex' | 'ignoreregex', multiline: boolean) =>
    settings[option].flatMap((setting, index) => compiler.expression(option, index, setting, multiline) ?? []);
  const failregex = compileList('failregex', maxlines > 1);
  const ignoreregex = compileList('ignoreregex', false);

  for (const expression of failregex) {
    if (namesAnId(expression.regex) || (prefregex !== undefined && namesAnId(prefregex.regex))) continue;
    problems.push({
      code: 'F2B_FILTER_NO_ID',
      option: 'failregex',
      index: settings.failregex.indexOf(expression.setting),
      what: `No failure-id group in '${expression.setting.source}'.`,
      origin: expression.setting.origin,
      advice: 'Say who is to be banned: put <HOST> (or <ADDR>, <F-ID>…</F-ID>) where the address stands in the line.',
    });
  }

  const dating = compileDating(settings, thisYear, problems);
  const encoding = openEncoding(settings.logencoding?.value ?? 'auto');
  if (encoding === undefined) {
    problems.push({
      code: 'F2B_FILTER_ENCODING',
      option: 'logencoding',
      index: 0,
      what: `Unknown logencoding '${settings.logencoding?.value}'.`,
      origin: settings.logencoding?.origin,
      advice: 'Use a name such as utf-8, iso-8859-1, cp1252, koi8-r, utf-16, or auto.',
    });
  }
  if (problems.length > 0 || dating === undefined || encoding === undefined) throw new FilterError(problems);
  return {
    settings,
    usedns,
    prefregex,
    failregex,
    ignoreregex,
    ignoresEarly: ignoreregex.length > 0 && ignoreregex.length < failregex.length - 2,
    maxlines,
    thisYear,
    dating,
    encoding,
  };
}
