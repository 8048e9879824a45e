import type { ReloadReport } from '../daemon/control/reload.js';

/** What a reload did, for a person: a line for each thing that is not as before. */
export function renderReload(report: ReloadReport, dryRun: boolean): string[] {
  const { added, changed, restarted, removed, unchanged, server, later, warnings } = report;
  const lines = [
    ...changed.map(({ name, parts }) => `~ ${name}: ${parts.join(', ')}`),
    ...added.map((name) => `+ ${name}`),
    ...restarted.map((name) => `! ${name}: restarted`),
    ...removed.map((name) => `- ${name}`),
    ...server.map((setting) => `~ ${setting}`),
    ...later.map((setting) => `? ${setting}: holds after a restart`),
    ...warnings.map((warning) => `# ${warning}`),
  ];
  const [verb, nothing] = dryRun ? ['Would reload', 'Nothing would change'] : ['Reloaded', 'Nothing has changed'];
  const jails = (count: number) => `${count} ${count === 1 ? 'jail' : 'jails'}`;
  const differ = added.length + changed.length + restarted.length + removed.length + server.length;
  const rest = `${jails(unchanged.length)} as before`;
  return [...lines, differ === 0 ? `${nothing}: ${rest}` : `${verb}: ${rest}`];
}
