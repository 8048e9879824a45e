import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { execa, type Options } from 'execa';

/** A program that has been told to start: it runs, or will say why it does not. */
export interface Started {
  readonly child: Pick<ChildProcess, 'pid' | 'stdin' | 'stdout' | 'stderr'>;
  /** How it ended by itself; or, as the system's error code, why it could not be started. Never rejects. */
  readonly ended: Promise<Exit>;
}

export interface Exit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly notStarted?: string | undefined;
}

/**
 * Starts a program in a session and process group of its own. Output is left to whoever reads the streams, and time to whoever kills
 * the group: execa's own limits would end the program and not what it has started.
 */
export function startProgram(
  program: string,
  args: readonly string[],
  { env, input }: { readonly env?: Readonly<Record<string, string>> | undefined; readonly input: boolean },
): Started {
  const options = {
    detached: true,
    reject: false,
    buffer: false,
    cleanup: false,
    stdin: input ? 'pipe' : 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    ...(env === undefined ? {} : { env }),
  } satisfies Options;
  const made = execaHeard(program, args, options);
  const { child } = made;
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }));
    // Stays: a signal that cannot be sent is an error as well, and an error that nobody hears ends the process.
    child.on('error', (error: NodeJS.ErrnoException) => resolve({ notStarted: error.code ?? 'unknown' }));
    // What the system refuses at once (E2BIG) is no event, only execa's own result.
    void made.result?.then(({ code, exitCode, signal }) => {
      if (exitCode === undefined && signal === undefined) resolve({ notStarted: code ?? 'unknown' });
    });
  });
  return { child, ended };
}

/** What is asked of execa's result. */
interface ExecaResult {
  readonly code?: string;
  readonly exitCode?: number;
  readonly signal?: string;
}

interface Made {
  readonly child: ChildProcess;
  /** execa's own word on how it went; undefined where execa could not even begin. */
  readonly result: Promise<ExecaResult> | undefined;
}

/**
 * execa, for a process that may have no file descriptor left: there execa 9.6 throws over streams that are missing and leaves the
 * child, whose `error` event comes next, to nobody, which would end the daemon. Node tells of each child it makes, so we have it.
 */
function execaHeard(program: string, args: readonly string[], options: Options): Made {
  let child: ChildProcess | undefined;
  const seen = (message: unknown) => {
    child = (message as { process: ChildProcess }).process;
  };
  subscribe('child_process', seen);
  try {
    const made = execa(program, args, options);
    return { child: made, result: made as Promise<ExecaResult> };
  } catch (error) {
    if (child === undefined) throw error;
    return { child, result: undefined };
  } finally {
    unsubscribe('child_process', seen);
  }
}
