/**
 * The thread that has the database: commits, checkpoints and cleaning wait for the disk here, and the guard does not. It is the store
 * of `sqlite-store.ts`, behind a port.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../../errors.js';
import type { Store } from '../store.js';
import { openSqliteStore } from './sqlite-store.js';
import { readStep } from './step-bytes.js';
import {
  answeredQuestions,
  answeredSteps,
  answerOf,
  type FromStore,
  type StoreThreadData,
  type ToStore,
} from './store-messages.js';

const { file, answers, signals, ...begin } = workerData as StoreThreadData;
/** As they are now. */
let { purgeAge, maxMatches } = begin;
const counts = new Int32Array(signals);
const tell = (message: FromStore) => parentPort!.postMessage(message);
const clock = {
  now: () => Date.now(),
  after(delay: number, then: () => void) {
    const timer = setTimeout(then, delay);
    return () => clearTimeout(timer);
  },
};

/** A store behind a port. */
class StoreThread {
  readonly #store: Store;
  #told: string | undefined;
  /** A step failed, and those behind it must not pass it. */
  #refuses: string | undefined;

  constructor(store: Store) {
    this.#store = store;
    store.onceReadable(() => tell({ kind: 'readable' }));
    this.#tellTrouble();
  }

  hear(message: ToStore): void {
    switch (message.kind) {
      case 'commit':
        this.#commit(message.step, message.first);
        break;
      case 'begin':
        this.#store.begin(message.jail, message.findtime);
        break;
      case 'limit':
        ({ purgeAge, maxMatches } = message);
        break;
      case 'ask':
        answers.postMessage(answerOf(this.#store, message.what, message.args));
        signal(answeredQuestions);
        break;
      case 'close':
        void this.#store.close().finally(() => {
          answers.close();
          parentPort!.close();
        });
        break;
    }
    this.#tellTrouble();
  }

  #commit(step: Uint8Array, first: boolean): void {
    if (first) this.#refuses = undefined;
    if (this.#refuses === undefined) {
      try {
        this.#store.commit(readStep(step));
      } catch (error) {
        this.#refuses = reasonOf(error);
      }
    }
    const bytes = step.buffer as ArrayBuffer;
    parentPort!.postMessage({ kind: 'step', why: this.#refuses, bytes } satisfies FromStore, [bytes]);
    signal(answeredSteps);
  }

  #tellTrouble(): void {
    const { trouble } = this.#store;
    if (trouble === this.#told) return;
    this.#told = trouble;
    tell({ kind: 'trouble', trouble });
  }
}

function signal(which: number): void {
  Atomics.add(counts, which, 1);
  Atomics.notify(counts, which);
}

void openSqliteStore({
  file,
  get purgeAge() {
    return purgeAge;
  },
  get maxMatches() {
    return maxMatches;
  },
  clock,
  tell: (as, message) => tell({ kind: 'told', as, message }),
  opened: () => tell({ kind: 'opened' }),
}).then((store) => {
  const thread = new StoreThread(store);
  parentPort!.on('message', (message: ToStore) => thread.hear(message));
  tell({ kind: 'ready' });
});
