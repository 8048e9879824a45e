import type { LogPath } from '../settings.js';
import { strip } from '../syntax/blanks.js';
import type { ConfigEdge } from '../syntax/edge.js';
import { nonEmptyLines, type Traced } from '../syntax/traced.js';
import { fixedDirectory, glob } from '../values/glob.js';
import type { Findings } from './findings.js';

/**
 * Reads `logpath`: one path or glob a line, each with `head` or `tail` behind a blank. Any other last word belongs to the
 * path (fail2ban takes it for an option and then refuses it).
 */
export function resolveLogpaths(value: Traced, edge: ConfigEdge, findings: Findings, jail: string): LogPath[] {
  const paths: LogPath[] = [];
  for (const line of nonEmptyLines(value)) {
    const text = strip(line.text);
    if (text === '') continue;
    const option = /\s(head|tail)$/.exec(text);
    const pattern = option ? strip(text.slice(0, option.index)) : text;
    const files: string[] = [];
    for (const file of glob(pattern, edge)) {
      if (edge.kind(file) === 'dangling') {
        findings.add(
          'warning',
          'F2B_CONFIG_DANGLING_LOG',
          `the log ${file} is a link to nothing.`,
          line.origin,
          'Create its target, or remove the link.',
          jail,
        );
      } else files.push(file);
    }
    if (!option && /\s/.test(pattern) && files.length === 0) {
      findings.add(
        'warning',
        'F2B_CONFIG_LOG_OPTION',
        `'${pattern.slice(pattern.search(/\s\S*$/) + 1)}' is no option of a log path.`,
        line.origin,
        "Only 'head' and 'tail' may stand behind a path; write further paths on lines of their own.",
        jail,
      );
    }
    paths.push({
      pattern,
      files,
      fixedDirectory: fixedDirectory(pattern),
      from: option?.[1] === 'tail' ? 'tail' : 'head',
      origin: line.origin,
    });
  }
  return paths;
}
