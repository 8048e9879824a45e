import type { EpochMs } from '@f2b/config';

/** One line of a file of Docker's `json-file` driver. */
export interface DockerLine {
  /** What the container wrote; without a newline at its end it goes on in a later line. */
  readonly log: string;
  /** `stdout` or `stderr`: what is divided goes on in the same one. */
  readonly stream: string;
  readonly time: EpochMs;
}

/** How such a line begins, as Docker writes it. */
const beginning = Buffer.from('{"log":"');

/** Whether a line may be one of Docker's: a look at its first bytes. */
export function looksDocker(bytes: Uint8Array, at = 0): boolean {
  for (let i = 0; i < beginning.length; i++) if (bytes[at + i] !== beginning[i]) return false;
  return true;
}

/** How many bytes `looksDocker` wants to see. */
export const lookBytes = beginning.length;

/** @returns undefined for what is no line of Docker's: it is taken as it stands */
export function dockerLine(line: string): DockerLine | undefined {
  let said: Record<string, unknown>;
  try {
    said = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { log, stream, time } = said;
  if (typeof log !== 'string' || typeof time !== 'string') return undefined;
  // RFC 3339 with nine digits; JavaScript's dates keep three of them.
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : { log, stream: typeof stream === 'string' ? stream : '', time: at };
}
