import { closeSync, writeSync } from 'node:fs';
import { printable } from '../printable.js';
import { type LevelName, levelName, levels } from './voice/levels.js';
import type { VoiceWitness } from './voice/server-voice.js';

/**
 * What a daemon in the background tells the `f2b start` that waits for it, one JSON object a line on an inherited
 * descriptor: the warnings of the start, then whether it is ready or why it could not start.
 */
export type StarterMessage =
  | { readonly kind: 'said'; readonly level: LevelName; readonly message: string }
  /** `guards`: not all of the jails that were configured have failed. */
  | { readonly kind: 'ready'; readonly guards: boolean }
  | { readonly kind: 'failed'; readonly message: string };

export interface StarterReport {
  send(message: StarterMessage): void;
  close(): void;
}

/** The variable that names the descriptor; taken out of the environment at once, so that no action inherits it. */
export const reportVariable = 'F2B_START_REPORT_FD';

/** @returns undefined when nobody waits: the daemon was started in the foreground. */
export function starterReport(environment: NodeJS.ProcessEnv): StarterReport | undefined {
  const fd = Number(environment[reportVariable] ?? Number.NaN);
  delete environment[reportVariable];
  if (!Number.isInteger(fd) || fd < 3) return undefined;
  let open = true;
  return {
    send(message) {
      if (!open) return;
      try {
        writeSync(fd, `${JSON.stringify(message)}\n`);
      } catch {
        // The starter has gone (Ctrl-C): the daemon goes on without it.
      }
    },
    close() {
      if (!open) return;
      open = false;
      closeSync(fd);
    },
  };
}

export function decodeStarterMessage(line: string): StarterMessage | undefined {
  try {
    const value = JSON.parse(line) as StarterMessage;
    return typeof value === 'object' && value !== null && 'kind' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Warnings and worse of the start also go to whoever started the daemon: the waiting `f2b start`, or the terminal when
 * the log does not go there anyway.
 */
export function starterTeller(report: StarterReport | undefined, logtarget: string): VoiceWitness {
  const onTerminal = /^(stdout|stderr|sysout)\b/i.test(logtarget.trim());
  return (entry) => {
    if (entry.level < levels.WARNING) return;
    const message = printable(entry.message);
    if (report) report.send({ kind: 'said', level: levelName(entry.level) as LevelName, message });
    else if (!onTerminal) process.stderr.write(`${levelName(entry.level)}: ${message}\n`);
  };
}
