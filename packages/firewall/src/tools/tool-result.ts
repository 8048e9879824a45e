import type { Milliseconds } from '@f2b/config';
import { errors } from '../errors.js';
import { startAdvice } from '../process/advice.js';
import type { ProcessResult } from '../process/exec.js';
import { quoted } from '../voice.js';

/** @throws FirewallError that says what to do, where a tool of the kernel did not do its work */
export function assertDone(command: string, result: ProcessResult, timeout: Milliseconds): void {
  if (result.exitCode === 0) return;
  const said = saidBy(result);
  if (result.notStarted === 'ENOENT') throw errors.noCommand(command);
  if (result.notStarted !== undefined && result.notStarted !== 'EACCES') {
    throw errors.notStarted(command, `${result.notStarted}${startAdvice(result.notStarted)}`);
  }
  if (result.notStarted === 'EACCES') throw errors.notAllowed(command, 'EACCES');
  if (result.timedOut) throw errors.hangs(command, timeout / 1_000);
  // `ip netns exec` and other prefixes say it in their own words, with status 1 or 255.
  if (/No such file or directory/.test(said) && /exec of/.test(said)) throw errors.noCommand(command);
  if (/permission denied|operation not permitted|must be root/i.test(said)) throw errors.notAllowed(command, said);
  if (result.exitCode === 4 || /xtables lock/i.test(said)) throw errors.busy(command, said);
  const status = result.signal ?? `status ${result.exitCode}`;
  throw errors.failed(command, status, said);
}

/** The first lines that a tool wrote to its standard error, fit for a message. */
function saidBy({ stderr }: ProcessResult): string {
  return quoted(stderr.trim().split('\n').slice(0, 3).join('; ') || 'it said nothing', 400);
}
