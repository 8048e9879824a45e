import type { Bytes, Milliseconds } from '@f2b/config';
import { startAdvice } from '../process/advice.js';
import type { Exec, ProcessResult } from '../process/exec.js';
import { shellWord } from '../tools/shell-word.js';
import { quoted, type Speaker } from '../voice.js';
import type { BoundScript } from './binding.js';

/** How a command of an action ended: `ok`, and where it did not, how, as the end of a sentence (`returned 3`). */
export interface CommandEnd {
  readonly ok: boolean;
  readonly how: string;
}

const outputLimit: Bytes = 64 * 1024;
/** Lines of output that reach the log per command and stream; what a command prints must not flood it. */
const lineLimit = 100;

export interface CommandRunner {
  /** Runs one script with `/bin/sh -c`. An empty one is success. Never throws. */
  run(bound: BoundScript, timeout: Milliseconds): Promise<CommandEnd>;
}

/**
 * fail2ban's rule for commands: `/bin/sh -c SCRIPT [values…]` in its own process group, success is exit status 0, and
 * the command, its output and its end are logged under one identifier, as errors when it failed, else for debugging.
 */
export function openCommandRunner(exec: Exec, voice: Speaker): CommandRunner {
  let runs = 0;
  return {
    async run(bound, timeout) {
      if (bound.script.trim() === '') return { ok: true, how: 'returned successfully 0' };
      runs += 1;
      const id = runs.toString(16).padStart(8, '0');
      const argv = ['/bin/sh', '-c', bound.script, ...bound.values];
      const result = await exec.run({ argv, timeout, outputLimit });
      const end = endOf(result, timeout);
      const say = (text: string) => (end.ok ? voice.debug(text) : voice.error(text));
      say(`${id} -- exec: ${oneLine(bound)}`);
      sayOutput(id, 'stdout', result.stdout, say);
      sayOutput(id, 'stderr', result.stderr, say);
      if (result.truncated) say(`${id} -- printed more than ${outputLimit} bytes; the rest was dropped`);
      say(`${id} -- ${end.how}`);
      if (result.exitCode === 127) {
        voice.info(
          `${id} -- status 127 means that the shell did not find a command; install it, or see that the daemon's PATH (${process.env.PATH ?? 'not set'}) names its directory`,
        );
      }
      return end;
    },
  };
}

/** Prints what a dry run would run, and calls it a success. */
export function simulateCommandRunner(print: (line: string) => void): CommandRunner {
  return {
    async run(bound) {
      if (bound.script.trim() !== '') {
        const words = ['/bin/sh', '-c', bound.script, ...bound.values].map(shellWord);
        for (const line of words.join(' ').split('\n')) print(line);
      }
      return { ok: true, how: 'returned successfully 0' };
    },
  };
}

function endOf(result: ProcessResult, timeout: Milliseconds): CommandEnd {
  if (result.exitCode === 0) return { ok: true, how: 'returned successfully 0' };
  if (result.timedOut) return { ok: false, how: `timed out after ${timeout / 1_000} seconds.` };
  if (result.notStarted !== undefined)
    return { ok: false, how: `could not be started (${result.notStarted}${startAdvice(result.notStarted)})` };
  if (result.signal !== undefined) return { ok: false, how: `killed with ${result.signal}` };
  return { ok: false, how: `returned ${result.exitCode}` };
}

/** The values are hostile and long, and are shown to a person only: one line, shortened. */
function oneLine({ script, values }: BoundScript): string {
  const shown = script.trim().replaceAll('\n', '\\n');
  return values.length === 0 ? shown : `${shown} -- ${values.map((value) => quoted(value, 200)).join(' ')}`;
}

function sayOutput(id: string, name: string, output: string, say: (text: string) => void): void {
  const lines = output.split('\n').filter((line) => line !== '');
  for (const line of lines.slice(0, lineLimit)) say(`${id} -- ${name}: ${quoted(line)}`);
  if (lines.length > lineLimit) say(`${id} -- ${name}: and ${lines.length - lineLimit} more lines`);
}
