import { ConfigError, type ConfigErrorCode } from '../errors.js';
import type { Origin } from '../settings.js';
import { endWithoutBlanks, isBlank, skipBlanks, strip } from './blanks.js';
import type { Traced } from './traced.js';

/** One option of one section of one file. */
export interface Entry {
  /** Lower-cased: option names in files do not know case. */
  readonly key: string;
  /** As written. */
  readonly written: string;
  /** Lines joined by newlines, comments removed, references (`%(x)s`, `<x>`) not yet resolved. */
  readonly value: Traced;
  /** Where the name stands. */
  readonly origin: Origin;
  /** A file knows no earlier layer; what several files make of an option does. */
  readonly overrode: undefined;
}

export interface Section {
  readonly name: string;
  readonly origin: Origin;
  readonly entries: Map<string, Entry>;
}

/** What reads oddly in a file although it has a meaning, or has none. */
export interface SyntaxProblem {
  readonly severity: 'error' | 'warning' | 'hint';
  readonly code: ConfigErrorCode;
  readonly what: string;
  readonly origin: Origin;
  readonly advice: string;
}

/** One file, read but not yet joined with others. */
export interface ParsedFile {
  readonly file: string;
  /** In order of appearance, `DEFAULT` included. */
  readonly sections: Map<string, Section>;
  readonly problems: readonly SyntaxProblem[];
}

/** A file larger than this is refused: no configuration is, and a device or a log might be. */
export const maxFileBytes = 4 * 1024 * 1024;

/**
 * Reads one file in the dialect of Python's configparser as fail2ban sets it up: `=` or `:` after the name, names without
 * case, `#` and `;` comment lines (also inside a value), `;` after a blank as inline comment, deeper indentation continues
 * a value, empty lines inside a value are kept.
 *
 * fail2ban drops a whole file for one mistake. Here a mistake costs its own line: it becomes an `error` problem and the
 * rest of the file stands; of duplicates, the last wins.
 *
 * @param bytes the file's content; decoded as UTF-8, a byte order mark is skipped (and reported)
 * @param file absolute name, for the origins
 */
export function parseConfig(bytes: Uint8Array, file: string): ParsedFile {
  if (bytes.length > maxFileBytes) {
    throw new ConfigError(
      'F2B_CONFIG_TOO_LARGE',
      `the file holds ${bytes.length} bytes, more than the ${maxFileBytes} that a configuration file may have.`,
      { file, line: 1, column: 1 },
      'Check that this is a configuration file.',
    );
  }
  return new Parser(decode(bytes, file), file).run();
}

interface Decoded {
  readonly text: string;
  readonly problems: SyntaxProblem[];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function decode(bytes: Uint8Array, file: string): Decoded {
  const problems: SyntaxProblem[] = [];
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (start > 0) {
    problems.push({
      severity: 'warning',
      code: 'F2B_CONFIG_BOM',
      what: 'the file begins with a byte order mark, which fail2ban cannot read.',
      origin: { file, line: 1, column: 1 },
      advice: 'Save it as UTF-8 without BOM; f2b skips the mark.',
    });
  }
  const body = bytes.subarray(start);
  let text = utf8.decode(body);
  if (text.includes('\ufffd')) {
    try {
      new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(body);
    } catch {
      const before = text.slice(0, text.indexOf('\ufffd'));
      const line = before.split('\n').length;
      problems.push({
        severity: 'error',
        code: 'F2B_CONFIG_ENCODING',
        what: 'the file is not UTF-8: a byte here belongs to no character.',
        origin: { file, line, column: before.length - before.lastIndexOf('\n') },
        advice: 'Convert the file to UTF-8 (iconv -f latin1 -t utf-8).',
      });
    }
  }
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
  return { text, problems };
}

/** Where an inline comment begins in a line: a `;` at its start or after a blank; -1 if there is none. */
function inlineComment(line: string): number {
  for (let at = line.indexOf(';'); at >= 0; at = line.indexOf(';', at + 1)) {
    if (at === 0 || isBlank(line.charCodeAt(at - 1))) return at;
  }
  return -1;
}

/** An option whose value is still growing. */
interface OpenOption {
  readonly section: Section;
  readonly key: string;
  readonly written: string;
  readonly origin: Origin;
  readonly lines: string[];
  readonly origins: Origin[];
}

class Parser {
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #sections = new Map<string, Section>();
  readonly #problems: SyntaxProblem[];
  #section: Section | undefined;
  #open: OpenOption | undefined;
  /** After a line without meaning, what is indented below it has none either. */
  #lost = false;
  #indent = 0;

  constructor(decoded: Decoded, file: string) {
    this.#file = file;
    this.#lines = decoded.text.split('\n');
    this.#problems = decoded.problems;
  }

  run(): ParsedFile {
    for (let index = 0; index < this.#lines.length; index++) this.#line(this.#lines[index]!, index + 1);
    this.#close();
    return { file: this.#file, sections: this.#sections, problems: this.#problems };
  }

  #line(line: string, number: number): void {
    const start = skipBlanks(line);
    const first = line.charCodeAt(start);
    if (first === 35 /* # */ || first === 59 /* ; */) return;
    const comment = inlineComment(line);
    const end = endWithoutBlanks(line, comment >= 0 ? comment : line.length);
    if (end <= start) {
      if (comment < 0 && this.#open) {
        this.#open.lines.push('');
        this.#open.origins.push({ file: this.#file, line: number, column: 1 });
      }
      return;
    }
    const text = line.slice(start, end);
    const origin = { file: this.#file, line: number, column: start + 1 };
    if ((this.#open || this.#lost) && start > this.#indent) {
      this.#continue(text, origin);
      return;
    }
    this.#indent = start;
    const close = text.charCodeAt(0) === 91 /* [ */ ? text.lastIndexOf(']') : -1;
    if (close > 1) this.#header(text.slice(1, close), origin);
    else this.#option(text, origin);
  }

  #continue(text: string, origin: Origin): void {
    const open = this.#open;
    if (!open) {
      this.#problem(
        'error',
        'F2B_CONFIG_NOT_AN_OPTION',
        `this line continues a line that has no meaning: ${quote(text)}.`,
        origin,
        'Mend the line above it.',
      );
      return;
    }
    open.lines.push(text);
    open.origins.push(origin);
    if (looksSwallowed(text)) {
      this.#problem(
        'warning',
        'F2B_CONFIG_SWALLOWED',
        `${quote(text)} is indented, so it is part of the value of '${open.written}' and not a line of its own.`,
        origin,
        `Remove the blanks in front of it, unless it belongs to '${open.written}'.`,
      );
    }
  }

  #header(name: string, origin: Origin): void {
    this.#close();
    this.#lost = false;
    const known = this.#sections.get(name);
    if (known && name !== 'DEFAULT') {
      this.#problem(
        'error',
        'F2B_CONFIG_DUPLICATE_SECTION',
        `section [${name}] stands twice in this file; it began in line ${known.origin.line}.`,
        origin,
        'Join the two; until then f2b reads them as one (fail2ban refuses the whole file).',
      );
    }
    this.#section = known ?? { name, origin, entries: new Map() };
    if (!known) this.#sections.set(name, this.#section);
  }

  #option(text: string, origin: Origin): void {
    this.#close();
    this.#lost = false;
    const equals = text.indexOf('=');
    const colon = text.indexOf(':');
    const at = equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
    if (at <= 0) {
      this.#lost = true;
      this.#problem(
        'error',
        'F2B_CONFIG_NOT_AN_OPTION',
        `this line is neither a [section] nor 'name = value': ${quote(text)}.`,
        origin,
        'Write it as name = value, indent it to continue the value above, or put a # in front.',
      );
      return;
    }
    const written = text.slice(0, endWithoutBlanks(text, at));
    const section = this.#section;
    if (!section) {
      this.#lost = true;
      this.#problem(
        'error',
        'F2B_CONFIG_NO_SECTION',
        `'${written}' stands outside of any section.`,
        origin,
        'Put a [section] line in front of it, for example [DEFAULT].',
      );
      return;
    }
    const valueStart = skipBlanks(text, at + 1);
    this.#open = {
      section,
      key: written.toLowerCase(),
      written,
      origin,
      lines: [text.slice(valueStart)],
      origins: [{ ...origin, column: origin.column + valueStart }],
    };
  }

  /** Ends the option that is growing and files it into its section. */
  #close(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    const before = open.section.entries.get(open.key);
    if (before) {
      this.#problem(
        'error',
        'F2B_CONFIG_DUPLICATE_OPTION',
        `'${open.written}' stands twice in [${open.section.name}] of this file; first in line ${before.origin.line}.`,
        open.origin,
        'Remove one; until then the later one holds (fail2ban refuses the whole file).',
      );
    }
    open.section.entries.set(open.key, {
      key: open.key,
      written: open.written,
      value: join(open.lines, open.origins),
      origin: open.origin,
      overrode: undefined,
    });
  }

  #problem(
    severity: SyntaxProblem['severity'],
    code: ConfigErrorCode,
    what: string,
    origin: Origin,
    advice: string,
  ): void {
    this.#problems.push({ severity, code, what, origin, advice });
  }
}

/** Whether a continuation line reads like a section's header or one of the options that every jail has. */
function looksSwallowed(text: string): boolean {
  if (text.charCodeAt(0) === 91 /* [ */) return /^\[[^\][]+\]$/.test(text);
  return (
    swallowedInitials.includes(text[0]!) &&
    /^(enabled|filter|logpath|maxretry|findtime|bantime|action|port|backend|failregex|ignoreregex)\s*=/.test(text)
  );
}

/** Initials of the names below: most lines are told apart by their first letter. */
const swallowedInitials = 'eflmbapi';

function join(lines: readonly string[], origins: readonly Origin[]): Traced {
  const whole = lines.length === 1 ? lines[0]! : lines.join('\n');
  return { text: whole.slice(0, endWithoutBlanks(whole)), lines: origins };
}

function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `'${strip(short)}'`;
}
