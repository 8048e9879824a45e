import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exec } from '../../process/exec.js';
import type { Speaker } from '../../voice.js';

/**
 * Sees to it that xt_recent remembers enough addresses. The kernel's default is 100, so that the 101st attacker pushes
 * out the first, silently; the size can be set only while the module is being loaded. Says the outcome in one line.
 *
 * `modules` is the directory of the loaded modules (`/sys/module`).
 */
export async function ensureRecentTable(
  wanted: number,
  edge: { readonly exec: Exec; readonly voice: Speaker; readonly modules: string },
): Promise<void> {
  const before = await readNumber(join(edge.modules, 'xt_recent/parameters/ip_list_tot'));
  if (before !== undefined && before >= wanted) return;
  const users = await readNumber(join(edge.modules, 'xt_recent/refcnt'));
  const builtIn = before !== undefined && users === undefined;
  if (!builtIn && (users ?? 0) === 0) {
    if (before !== undefined) await modprobe(edge.exec, ['-r', 'xt_recent']);
    await modprobe(edge.exec, ['xt_recent', `ip_list_tot=${wanted}`]);
  }
  const now = await readNumber(join(edge.modules, 'xt_recent/parameters/ip_list_tot'));
  if (now === undefined) {
    edge.voice.debug(
      'xt_recent is not loaded yet; its table will hold what the kernel was configured with (100 addresses by default)',
    );
    return;
  }
  if (now >= wanted) {
    edge.voice.info(
      `xt_recent's table now holds ${now} addresses (it held ${before ?? 'none: the module was not loaded'})`,
    );
    return;
  }
  const cure = builtIn
    ? `it is built into this kernel: boot with xt_recent.ip_list_tot=${wanted}`
    : `write "options xt_recent ip_list_tot=${wanted}" to /etc/modprobe.d/xt_recent.conf and reload the module or reboot`;
  edge.voice.warn(
    `xt_recent's table holds ${now} addresses, so attacker number ${now + 1} pushes out the first and the guard against persistent attackers forgets him (bans themselves are not touched); ${cure}`,
  );
}

async function modprobe(exec: Exec, args: readonly string[]): Promise<void> {
  // Whether it worked is read from the module's own parameters, not from this exit status.
  await exec.run({ argv: ['modprobe', ...args], timeout: 10_000, outputLimit: 4_096 });
}

async function readNumber(path: string): Promise<number | undefined> {
  try {
    const value = Number.parseInt(await readFile(path, 'utf8'), 10);
    return Number.isNaN(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
