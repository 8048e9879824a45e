/** Finds one template in a line: with the date scanner where it can, with the general regex engine where it must. */
import type { Regex } from '../engines/engine.js';
import { compileRegex } from '../engines/regex.js';
import { RegexSyntaxError } from '../errors.js';
import { DateScanner } from './date-scanner.js';
import { invalidRegex } from './errors.js';
import { firstLook } from './first-look.js';
import { compileScan } from './scan-program.js';
import { type ParsedSyntax, parseSyntax } from './syntax.js';
import { groupNames, type Template } from './templates.js';

/** The compiled search of one template. */
export interface TemplateSearch {
  readonly groupNames: readonly (string | undefined)[];
  /** Which engine searches: `scanner` or the general engine's name. */
  readonly engine: string;
  /** The scanner, where it is one. */
  readonly scanner: DateScanner | undefined;
  /** Group offsets of the last successful search; valid until the next one. */
  readonly offsets: ArrayLike<number>;
  /** Leftmost match in `line` between `from` and `to`, see `DateScanner.search`. */
  search(line: string, from: number, to: number): boolean;
  /** Whether it can be said without compiling that the template matches nowhere in `line`, which `isForLook` took. */
  refuses(line: string): boolean;
}

const refusesNone = () => false;

/**
 * Compiles a template's regex.
 *
 * @throws DateError `F2B_DATE_REGEX`
 */
export function compileSearch(template: Template): TemplateSearch {
  // A stock template is known to compile; that is put off until it is needed, because most logs need two of the 31.
  return template.stock ? searchWhenNeeded(template) : compiledSearch(template);
}

function compiledSearch(template: Template): TemplateSearch {
  const parsed = parseSyntax(template.regex);
  const program = parsed === undefined ? undefined : compileScan(parsed);
  if (parsed === undefined || program === undefined) return generalSearch(template);
  return scannerSearch(new DateScanner(program), parsed);
}

function searchWhenNeeded(template: Template): TemplateSearch {
  let compiled: TemplateSearch | undefined;
  const mayMatch = firstLook(template);
  const compile = (): TemplateSearch => {
    compiled ??= compiledSearch(template);
    return compiled;
  };
  return {
    // Which group holds what is told without compiling: many dates are read by their quick format alone.
    get groupNames() {
      return groupNames(template.regex);
    },
    get engine() {
      return compile().engine;
    },
    get scanner() {
      return compile().scanner;
    },
    get offsets() {
      return compile().offsets;
    },
    search: (line, from, to) => compile().search(line, from, to),
    refuses: (line) => compiled === undefined && !mayMatch(line),
  };
}

function scannerSearch(scanner: DateScanner, { groupNames }: ParsedSyntax): TemplateSearch {
  return {
    groupNames,
    engine: 'scanner',
    scanner,
    offsets: scanner.offsets,
    search: (line, from, to) => scanner.search(line, from, to),
    refuses: refusesNone,
  };
}

function generalSearch(template: Template): TemplateSearch {
  let regex: Regex;
  try {
    regex = compileRegex(template.regex);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw invalidRegex(template.pattern, template.regex, error.reason, error.column);
  }
  let offsets: ArrayLike<number> = [];
  return {
    groupNames: regex.groupNames,
    engine: regex.engine,
    scanner: undefined,
    get offsets() {
      return offsets;
    },
    search(line, from, to) {
      // The engine has no window, so that part of the line is cut out. A window is asked for only where the characters
      // around it are those of the last match, so that the boundaries hold in the cut-out as they do in the line.
      const match = regex.exec(from > 0 || to < line.length ? line.slice(from, to) : line);
      if (match === null) return false;
      offsets = from > 0 ? match.offsets.map((offset) => (offset < 0 ? offset : offset + from)) : match.offsets;
      return true;
    },
    refuses: refusesNone,
  };
}
