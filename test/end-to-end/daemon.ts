import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually } from '../condition.js';

/** The command as an administrator has it after install and build. */
export const f2b = fileURLToPath(new URL('../../packages/cli/bin/f2b.js', import.meta.url));

/** The real daemon, in the foreground of a process of its own, inside a network namespace. */
export class Daemon {
  readonly #process: ChildProcess;
  readonly #files: { socket: string; pidfile: string; log: string };
  readonly #flags: string[];
  #output = '';

  constructor(namespace: string, directory: string, configuration: string) {
    this.#files = { socket: `${directory}/f2b.sock`, pidfile: `${directory}/f2b.pid`, log: `${directory}/f2b.log` };
    this.#flags = ['-c', configuration, '-s', this.#files.socket, '-p', this.#files.pidfile];
    const args = [...this.#flags, '--logtarget', this.#files.log, '-f', 'start'];
    this.#process = spawn('ip', ['netns', 'exec', namespace, process.execPath, f2b, ...args], { stdio: 'pipe' });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Runs `f2b COMMAND` against this daemon and returns its status and standard output. */
  ask(...command: string[]): { status: number | null; text: string } {
    const asked = spawnSync(process.execPath, [f2b, ...this.#flags, ...command], { encoding: 'utf8' });
    return { status: asked.status, text: asked.stdout };
  }

  /** The same, with what it said on standard error. */
  tell(...command: string[]): { status: number | null; text: string; errors: string } {
    const asked = spawnSync(process.execPath, [f2b, ...this.#flags, ...command], { encoding: 'utf8' });
    return { status: asked.status, text: asked.stdout, errors: asked.stderr };
  }

  /** The same as `ask`, while this process does other things. */
  askLater(...command: string[]): Promise<string> {
    return new Promise((resolve) => {
      execFile(process.execPath, [f2b, ...this.#flags, ...command], (_, stdout, stderr) => resolve(stdout + stderr));
    });
  }

  /** To the daemon itself, which runs behind `ip`. */
  signal(signal: NodeJS.Signals): void {
    process.kill(Number(readFileSync(this.#files.pidfile, 'utf8')), signal);
  }

  /** Waits until the process is gone. */
  async ended(): Promise<void> {
    await eventually('the daemon to end', () => this.#process.exitCode !== null || this.#process.signalCode !== null);
  }

  /** Waits until every jail is started and its action is set up. */
  async ready(): Promise<void> {
    await eventually('the daemon to be ready', () => {
      if (this.#process.exitCode !== null) throw new Error(`the daemon ended at once:\n${this.log()}`);
      return this.#output.includes('Server ready');
    });
  }

  /** All that the daemon logged and printed. */
  log(): string {
    try {
      return this.#output + readFileSync(this.#files.log, 'utf8');
    } catch {
      return this.#output;
    }
  }

  /** Stops it as an administrator would, and waits until the process is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null) this.ask('stop');
    await this.ended();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}
