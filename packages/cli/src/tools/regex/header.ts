import type { CompiledFilter } from '@f2b/matcher';
import type { LogSource } from './log-source.js';
import type { RegexOptions } from './options.js';
import { dictRepr } from './python.js';
import type { Subject } from './subject.js';

/** What is about to be run, in fail2ban-regex's words. */
export interface HeaderParts {
  readonly options: RegexOptions;
  readonly subject: Subject;
  readonly ignoreregex: { readonly text: string; readonly isFile: boolean } | undefined;
  /** Undefined where it does not compile: what depends on it is left out. */
  readonly filter: CompiledFilter | undefined;
  readonly log: LogSource;
  readonly encoding: string;
}

/** The lines before the results. */
export function headerLines(parts: HeaderParts): string[] {
  const { options, filter, log } = parts;
  const lines = ['', 'Running tests', '=============', ''];
  if (options.maxlines !== undefined) lines.push(`Use         maxlines : ${options.maxlines}`);
  if (options.datepattern !== undefined && filter) lines.push(dateLine(options.datepattern, filter));
  lines.push(...subjectLines(parts));
  if (parts.ignoreregex !== undefined) {
    const { text, isFile } = parts.ignoreregex;
    lines.push(isFile ? `Use ignoreregex file : ${text}` : `Use ignoreregex line : ${shortened(text)}`);
  }
  if (filter === undefined) return lines;
  lines.push(...logLines(log));
  if (log.kind === 'file' || log.kind === 'journal') lines.push(`Use         encoding : ${parts.encoding}`);
  if (log.kind === 'journal' && log.matches.length > 0) lines.push(`Use    journal match : ${log.matches.join(' ')}`);
  lines.push('');
  return lines;
}

function subjectLines({ subject, options, filter }: HeaderParts): string[] {
  if (subject.kind === 'regex') return [`Use   failregex line : ${shortened(subject.text)}`];
  const lines: string[] = [];
  const { settings, args } = subject;
  if (subject.kind === 'jail') {
    lines.push(`Use             jail : ${subject.jail.name}`);
    if (args.size > 0) lines.push(`Use jail/flt options : ${dictRepr(args)}`);
  } else {
    lines.push(
      subject.directory === undefined
        ? `Use   failregex file : ${subject.name}`
        : `Use   failregex filter file : ${subject.name}, basedir: ${subject.directory}`,
    );
    if (args.size > 0) lines.push(`Use   filter options : ${dictRepr(args)}`);
  }
  if (options.maxlines === undefined && settings.maxlines)
    lines.push(`Use         maxlines : ${settings.maxlines.value}`);
  if (options.datepattern === undefined && settings.datepattern && filter) {
    lines.push(dateLine(settings.datepattern.value, filter));
  }
  return lines;
}

function dateLine(pattern: string, { dating }: CompiledFilter): string {
  const { templates } = dating.detector;
  const [first] = templates;
  const name = first === undefined || first.stock || templates.length > 1 ? 'Default Detectors' : first.name;
  return `Use      datepattern : ${pattern} : ${name}`;
}

function logLines(log: LogSource): string[] {
  switch (log.kind) {
    case 'file':
      return [`Use         log file : ${log.path}`];
    case 'journal':
      return ['Use         systemd journal'];
    case 'text': {
      const lines = log.text.split('\n');
      if (!log.several) return [`Use      single line : ${shortened(log.text.replace(/\n$/, ''))}`];
      const shown = lines.slice(0, 5).map((line, index) => `|  ${index + 1}: ${shortened(line)}`);
      if (lines.length > 5) shown.push('| ...');
      return [`Use      multi line : ${lines.length} line(s)`, ...shown, '`-'];
    }
  }
}

function shortened(text: string): string {
  return text.length > 53 ? `${text.slice(0, 50)}...` : text;
}
