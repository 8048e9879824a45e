import { formatOrigin } from '../errors.js';
import type { Finding } from '../settings.js';
import type { TreeCheck } from './tree.js';

/** One finding a paragraph: `file:line:column: severity: what`, below it what to do. */
export function renderFinding(finding: Finding): string[] {
  const place = finding.origin ? `${formatOrigin(finding.origin)}: ` : '';
  return [`${place}${finding.severity}: ${finding.what} [${finding.code}]`, `    ${finding.advice}`];
}

/** The whole check as text, a summary last. */
export function renderCheck(check: TreeCheck): string[] {
  const lines = check.findings.flatMap(renderFinding);
  const count = (severity: Finding['severity']): number =>
    check.findings.filter((finding) => finding.severity === severity).length;
  const { files, jails, skippedJails, regexes } = check.counts;
  lines.push(
    `${check.directory}: ${plural(files, 'file')}, ${plural(jails, 'jail')} enabled and good, ${skippedJails} left out, ` +
      `${plural(regexes, 'expression')} compiled: ${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}, ` +
      `${plural(count('hint'), 'hint')}.`,
  );
  return lines;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
