import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Pages that wait in the write-ahead log before they are moved: 16 MB of 4 KiB each. */
const pagesWaiting = 4000;

/** What runs in the thread. It needs nothing but the library, so it is found wherever that is installed. */
const program = `
const { workerData: { library, file } } = require('node:worker_threads');
const db = require(library)(file, { timeout: 0 });
db.pragma('synchronous = NORMAL');
// What is written meanwhile is moved by the next turn: only when nothing is left does the log begin anew.
for (let turn = 0; turn < 10; turn++) {
  const [{ busy, log, checkpointed }] = db.pragma('wal_checkpoint(PASSIVE)');
  if (busy === 0 && log === checkpointed) break;
}
db.close();
`;

/**
 * Moves what stands in the write-ahead log into the database. That waits for the disk, 20 to 200 ms each time, so a thread of its own
 * does it; a host on which little happens never starts one, and has it done when the store is closed.
 */
export class Checkpoints {
  readonly #file: string;
  #pages = 0;
  #running: Promise<void> | undefined;
  #worker: Worker | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param pages about as many as a step has written */
  wrote(pages: number): void {
    this.#pages += pages;
    if (this.#pages < pagesWaiting || this.#running !== undefined) return;
    this.#pages = 0;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      this.#worker = undefined;
    });
  }

  /** Resolves when none is under way. */
  async idle(): Promise<void> {
    // Until now the process need not have waited for it.
    this.#worker?.ref();
    await this.#running;
  }

  /** Never rejects: what is not moved now is moved later, at the latest by the writer itself. */
  #run(): Promise<void> {
    return new Promise((resolve) => {
      const library = createRequire(import.meta.url).resolve('better-sqlite3');
      const worker = new Worker(program, { eval: true, workerData: { library, file: this.#file } });
      worker.unref();
      this.#worker = worker;
      worker.once('error', () => resolve());
      worker.once('exit', () => resolve());
    });
  }
}
