import { formatOrigin } from '@f2b/config';
import { printable } from '../../printable.js';
import type { CheckFinding, ConfigurationCheck } from './check.js';

const indent = '    ';

/**
 * A check for a person: each finding begins with `file:line:column`, which editors and terminals turn into a link, below it what to do;
 * an empty line between files, a summary last.
 */
export function renderConfigurationCheck(check: ConfigurationCheck): string[] {
  const lines: string[] = [];
  let file: string | undefined;
  for (const finding of check.findings) {
    if (lines.length > 0 && finding.origin?.file !== file) lines.push('');
    file = finding.origin?.file;
    lines.push(...renderCheckFinding(finding));
  }
  if (lines.length > 0) lines.push('');
  lines.push(printable(summary(check)));
  return lines;
}

function renderCheckFinding({ severity, code, what, origin, advice, jail, example }: CheckFinding): string[] {
  const place = origin === undefined ? '' : `${formatOrigin(origin)}: `;
  // Which jail suffers, where the sentence does not name it.
  const whose = jail === undefined || what.includes(`'${jail}'`) ? '' : ` (jail ${jail})`;
  const [first, ...more] = `${what}${whose}`.split('\n').map(printable);
  const lines = [`${printable(place)}${severity}: ${first}${more.length > 0 ? '' : ` [${code}]`}`];
  more.forEach((line, index) => {
    lines.push(`${indent}${line}${index === more.length - 1 ? ` [${code}]` : ''}`);
  });
  if (example !== undefined) {
    lines.push(`${indent}line:    ${printable(example.line)}`);
    if (example.truth !== undefined) lines.push(`${indent}truth:   ${printable(example.truth)}`);
    lines.push(`${indent}accuses: ${printable(example.accused)}`);
  }
  lines.push(`${indent}${printable(advice)}`);
  return lines;
}

function summary({ directory, counts, ok }: ConfigurationCheck): string {
  const { files, jails, skippedJails, regexes, errors, warnings, hints } = counts;
  return (
    `${ok ? 'OK' : 'NOT OK'}: ${directory}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(hints, 'hint')} in ` +
    `${plural(files, 'file')}; ${plural(jails, 'jail')} enabled and good, ${skippedJails} not; ${plural(regexes, 'expression')} compiled.`
  );
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** The same for programs: one object. A place that is not known is null. */
export function checkAsJson({ directory, ok, counts, findings }: ConfigurationCheck): unknown {
  return {
    directory,
    ok,
    counts,
    findings: findings.map(({ severity, code, what, origin, advice, jail, example }) => ({
      file: origin?.file ?? null,
      line: origin?.line ?? null,
      column: origin?.column ?? null,
      severity,
      code,
      what,
      advice,
      jail: jail ?? null,
      ...(example === undefined ? {} : { example }),
    })),
  };
}
