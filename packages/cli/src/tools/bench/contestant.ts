import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bytes, Milliseconds } from '@f2b/config';
import { CliError } from '../../errors.js';
import type { Dissection, Round } from './result.js';
import type { BenchSubject } from './subject.js';

/** What the process of a filter is told. */
export type Order =
  | {
      readonly do: 'open';
      readonly subject: BenchSubject;
      readonly log: string;
      readonly workers: number | undefined;
    }
  | { readonly do: 'round' }
  | { readonly do: 'dissect'; readonly hitsOf: readonly number[] };

/** What it answers. */
export type Reply =
  | { readonly kind: 'opened'; readonly compile: Milliseconds }
  | { readonly kind: 'round'; readonly round: Round; readonly peakMemory: Bytes }
  | { readonly kind: 'dissection'; readonly dissection: Dissection }
  | { readonly kind: 'failed'; readonly why: string };

type ReplyOf<Kind extends Reply['kind']> = Extract<Reply, { readonly kind: Kind }>;

/** One filter in a process of its own. */
export class Contestant {
  readonly #process: ChildProcess;
  #compile: Milliseconds = 0;
  #peakMemory: Bytes = 0;

  constructor(readonly subject: BenchSubject) {
    this.#process = fork(fileURLToPath(new URL('./filter-process.js', import.meta.url)), {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  get compile(): Milliseconds {
    return this.#compile;
  }

  /** The most memory that the rounds so far needed. */
  get peakMemory(): Bytes {
    return this.#peakMemory;
  }

  async open(log: string, workers: number | undefined): Promise<void> {
    this.#compile = (await this.#ask({ do: 'open', subject: this.subject, log, workers }, 'opened')).compile;
  }

  async round(): Promise<Round> {
    const { round, peakMemory } = await this.#ask({ do: 'round' }, 'round');
    this.#peakMemory = peakMemory;
    return round;
  }

  async dissect(hitsOf: readonly number[]): Promise<Dissection> {
    return (await this.#ask({ do: 'dissect', hitsOf }, 'dissection')).dissection;
  }

  close(): void {
    this.#process.kill('SIGKILL');
  }

  #ask<Kind extends Reply['kind']>(order: Order, kind: Kind): Promise<ReplyOf<Kind>> {
    const child = this.#process;
    const failure = (why: string) =>
      new CliError('F2B_BENCH', `the measurement of '${this.subject.text}' failed: ${why}`);
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null) => {
        child.off('message', answered);
        reject(failure(`its process ended with ${signal ?? `status ${code}`}`));
      };
      const answered = (reply: Reply) => {
        child.off('exit', ended);
        if (reply.kind === kind) resolve(reply as ReplyOf<Kind>);
        else reject(failure(reply.kind === 'failed' ? reply.why : `it answered ${reply.kind} to ${order.do}`));
      };
      child.once('message', answered);
      child.once('exit', ended);
      if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
      else child.send(order);
    });
  }
}
