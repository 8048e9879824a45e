import { posix } from 'node:path';
import type { Findings } from '../findings.js';
import { type LogPath, standardInput } from '../settings.js';
import { strip } from '../syntax/blanks.js';
import type { ConfigEdge } from '../syntax/edge.js';
import { nonEmptyLines, type Traced } from '../syntax/traced.js';
import { glob, hasMagic } from '../values/glob.js';

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
    if (pattern === standardInput) {
      paths.push({ pattern, files: [pattern], from: 'tail', origin: line.origin });
      continue;
    }
    const files: string[] = [];
    for (const file of glob(pattern, edge)) {
      const kind = edge.kind(file);
      if (kind === 'dangling') {
        findings.add(
          'warning',
          'F2B_CONFIG_DANGLING_LOG',
          `the log ${file} is a link to nothing.`,
          line.origin,
          'Create its target, or remove the link.',
          jail,
        );
        continue;
      }
      // fail2ban's -d names these too; a pattern may well meet a directory.
      files.push(file);
      if (kind !== 'file' && !hasMagic(pattern)) {
        findings.add(
          'warning',
          'F2B_CONFIG_LOG_KIND',
          `the log ${file} is ${kind === 'directory' ? 'a directory' : 'no regular file but a pipe, a device or a socket'}, which cannot be followed.`,
          line.origin,
          kind === 'directory' ? `Name the files in it: ${posix.join(file, '*.log')}.` : 'Name a file.',
          jail,
        );
      }
    }
    if (pattern.endsWith('\\') && files.length === 0) {
      findings.add(
        'warning',
        'F2B_CONFIG_LOG_OPTION',
        `a backslash at the end of '${pattern}' continues no line: it is taken for a part of the path.`,
        line.origin,
        'Remove it; further paths stand on lines of their own, indented.',
        jail,
      );
    } else if (!option && /\s/.test(pattern) && files.length === 0) {
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
      from: option?.[1] === 'tail' ? 'tail' : 'head',
      origin: line.origin,
    });
  }
  return paths;
}
