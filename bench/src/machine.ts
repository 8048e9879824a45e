import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** What the figures of a run depend on, one line each: the machine, f2b itself, the peers. */
export function machineLines(folder: string): string[] {
  const commit = said('git', ['-C', folder, 'log', '-1', '--format=%h of %cs']);
  const peers = [
    said('fail2ban-regex', ['--version']),
    said('rg', ['--version']),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a format of dpkg's, not of ours
    said('dpkg-query', ['-W', '-f', '${Package} ${Version}', 'sshguard']),
  ].filter((peer) => peer !== undefined);
  return [
    `${machineName()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`,
    `f2b at commit ${commit ?? 'unknown'}; measured ${new Date().toISOString().slice(0, 10)}`,
    ...(peers.length > 0 ? [`beside it: ${peers.join(', ')}`] : []),
  ];
}

/** Cores and their model. */
export function machineName(): string {
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`;
}

/** The first line that a program prints; undefined when there is no such program. */
function said(program: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n', 1)[0]?.trim() : undefined;
}
