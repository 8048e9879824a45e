import { readFileSync } from 'node:fs';

/** How many programs may run at once: bans and what else actions do, and apart from them the questions of `ignorecommand`. */
export interface Capacity {
  readonly actions: number;
  readonly questions: number;
}

/** More than these at once help nobody: programs share the processors. */
const mostActions = 64;
const mostQuestions = 16;
/** What a program costs while it is started: both ends of three pipes, and the descriptors that the start itself takes. */
const descriptorsPerProgram = 8;

/**
 * What the limit on open files allows. Half of it is left to logs, sockets and the store; however little there is, one ban and
 * one question run.
 *
 * @param limit descriptors that this process may have open; undefined: unlimited or unknown
 */
export function capacityFor(limit: number | undefined): Capacity {
  const affordable = limit === undefined ? mostActions + mostQuestions : Math.floor(limit / 2 / descriptorsPerProgram);
  const questions = Math.max(1, Math.min(mostQuestions, Math.floor(affordable / 4)));
  return { actions: Math.max(1, Math.min(mostActions, affordable - questions)), questions };
}

/** The limit on open files of this process (`ulimit -n`); undefined where the system does not say. */
export function openFilesLimit(): number | undefined {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
