import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { EpochMs, Milliseconds, Seconds } from '@f2b/config';
import { CoreError, reasonOf } from '../../errors.js';
import type { CountedFailure } from '../../jails/book/failures.js';
import type { BanRecord } from '../../jails/growth/increment.js';
import { realFiles } from '../../sources/files/files.js';
import type { Place } from '../../sources/source.js';
import type { KeptBan, Step, Store } from '../store.js';
import { type Connection, isDamaged, loadSqlite, type SqliteOpener } from './connection.js';
import { ReadDatabase } from './database.js';
import { readFailureSteps } from './failure-steps.js';
import { openForReading } from './opening.js';
import { PendingHistory } from './pending-history.js';
import { mostFailures, type SqliteStoreOptions } from './sqlite-store.js';
import { StepWriter } from './step-bytes.js';
import {
  answeredQuestions,
  answeredSteps,
  type FromStore,
  type StoreQuestion,
  type ToStore,
} from './store-messages.js';

/** How long a start or a reload waits for what the thread has under way. Beyond that the disk hangs, and it goes on without. */
const patience: Milliseconds = 5000;
/** How long a stretch of judging may be held up by a thread that does not keep up. */
const holdUp: Milliseconds = 100;

/** A step that the thread has not answered yet. */
interface UnderWay {
  readonly written: () => void;
  readonly failed: (why: Error) => void;
}

/**
 * The store of a daemon: it is written by a thread, since a commit may wait 100 ms and more for the disk, and read through a connection
 * of its own. Steps go to the thread in their order; `commit` resolves when one is written.
 */
export async function openThreadedStore(options: Omit<SqliteStoreOptions, 'opened'>): Promise<Store> {
  const store = new ThreadedStore(await loadSqlite(), options);
  await store.ready();
  return store;
}

class ThreadedStore implements Store {
  readonly history: PendingHistory;
  readonly #sqlite: SqliteOpener;
  #options: Omit<SqliteStoreOptions, 'opened'>;
  readonly #writer: StepWriter;
  readonly #signals = new SharedArrayBuffer(8);
  readonly #counts = new Int32Array(this.#signals);
  readonly #underWay: UnderWay[] = [];
  readonly #jails = new Map<string, Seconds>();
  #posted = 0;
  #thread: Worker | undefined;
  #answers: MessagePort | undefined;
  #reader: { readonly db: ReadDatabase; readonly connection: Connection } | undefined;
  #trouble: string | undefined;
  #failed = false;
  #closing = false;
  #late: (() => void) | undefined;
  #began: () => void = () => {};

  constructor(sqlite: SqliteOpener, options: Omit<SqliteStoreOptions, 'opened'>) {
    this.#sqlite = sqlite;
    this.#options = options;
    this.#writer = new StepWriter(options.maxMatches);
    this.history = new PendingHistory({ records: (id, jail) => this.#records(id, jail) });
  }

  /** Starts the thread, and waits until it has opened the file, or knows why it cannot. */
  ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#began = resolve;
      this.#start();
    });
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  begin(jail: string, findtime: Seconds): void {
    this.#jails.set(jail, findtime);
    this.#post({ kind: 'begin', jail, findtime });
  }

  onceReadable(then: () => void): void {
    this.#late = then;
  }

  commit(step: Step): Promise<void> {
    if (this.#thread === undefined) this.#start();
    const bans = step.bans.filter(({ kind }) => kind !== 'restored' && kind !== 'ended');
    if (step.failures.length + bans.length + step.places.length === 0) return Promise.resolve();
    const pending = bans.flatMap((change) => {
      if (change.kind === 'spent') return [];
      const id = 'ban' in change ? change.ban.who.id : change.id;
      return [{ id, jail: change.jail, record: this.history.pending(id, change.jail) }];
    });
    const count = (jail: string, { who, bancount }: { readonly who: { readonly id: string }; bancount: number }) =>
      this.history.pending(who.id, jail)?.bancount ?? bancount;
    const bytes = this.#writer.write({ ...step, bans }, count);
    return new Promise((resolve, reject) => {
      const written = () => {
        for (const { id, jail, record } of pending) this.history.written(id, jail, record);
        resolve();
      };
      this.#underWay.push({ written, failed: reject });
      this.#posted++;
      this.#post({ kind: 'commit', step: bytes, first: this.#failed }, [bytes.buffer as ArrayBuffer]);
      this.#failed = false;
    });
  }

  holdUp(): void {
    this.#caughtUp(holdUp);
  }

  place(jail: string, log: string): Place | undefined {
    return this.#read((db) => db.places.get(jail, log), 'place', [jail, log]);
  }

  failuresSince(jail: string, time: EpochMs): readonly CountedFailure[] {
    const read = (db: ReadDatabase) => readFailureSteps(db.failureSteps(jail), time, mostFailures);
    return this.#read(read, 'failuresSince', [jail, time]) ?? [];
  }

  bans(jail: string): readonly KeptBan[] {
    return this.#read((db) => db.bans(jail, this.#options.clock.now()), 'bans', [jail]) ?? [];
  }

  limit({ purgeAge, maxMatches }: { readonly purgeAge: Seconds; readonly maxMatches: number }): void {
    // A thread that is started after this one begins with them.
    this.#options = { ...this.#options, purgeAge, maxMatches };
    this.#writer.maxMatches = maxMatches;
    this.#post({ kind: 'limit', purgeAge, maxMatches });
  }

  async close(): Promise<void> {
    this.#closing = true;
    const thread = this.#thread;
    this.#closeReader();
    if (thread === undefined) return;
    thread.ref();
    const gone = new Promise((resolve) => thread.once('exit', resolve));
    this.#post({ kind: 'close' });
    await gone;
  }

  #start(): void {
    const { file, purgeAge, maxMatches } = this.#options;
    const { port1, port2 } = new MessageChannel();
    Atomics.store(this.#counts, answeredSteps, this.#posted);
    const thread = new Worker(threadFile(), {
      workerData: { file, purgeAge, maxMatches, answers: port2, signals: this.#signals },
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: 6 },
    });
    port1.unref();
    this.#answers = port1;
    this.#thread = thread;
    thread.on('message', (message: FromStore) => this.#hear(message));
    thread.once('error', (error) => {
      this.#trouble = reasonOf(error);
    });
    thread.once('exit', () => this.#gone(thread));
    for (const [jail, findtime] of this.#jails) this.#post({ kind: 'begin', jail, findtime });
  }

  #hear(message: FromStore): void {
    switch (message.kind) {
      case 'ready':
        // It keeps no process alive that has nothing else to do.
        if (!this.#closing) this.#thread?.unref();
        this.#began();
        break;
      case 'step': {
        const step = this.#underWay.shift();
        this.#writer.giveBack(message.bytes);
        if (message.why === undefined) step?.written();
        else {
          this.#failed = true;
          step?.failed(new Error(message.why));
        }
        break;
      }
      case 'told':
        this.#options.tell(message.as, message.message);
        break;
      case 'trouble':
        this.#trouble = message.trouble;
        break;
      case 'readable':
        this.#late?.();
        this.#late = undefined;
        break;
      case 'opened':
        this.#closeReader();
        break;
    }
  }

  /** The thread has ended: what it has not answered may be written or not, and is offered again, which changes nothing if it is. */
  #gone(thread: Worker): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#answers?.close();
    this.#began();
    if (this.#closing) return;
    this.#trouble ??= 'its thread has ended';
    const why = new CoreError('F2B_STORE', `database ${this.#options.file}: ${this.#trouble}`);
    for (const { failed } of this.#underWay.splice(0)) failed(why);
  }

  #post(message: ToStore, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread?.postMessage(message, transfer);
  }

  /** Waits for the steps that are under way. @returns whether they are answered */
  #caughtUp(most: Milliseconds): boolean {
    const until = performance.now() + most;
    for (;;) {
      const answered = Atomics.load(this.#counts, answeredSteps);
      const left = until - performance.now();
      if (this.#thread === undefined || answered >= this.#posted) return true;
      if (left <= 0) return false;
      Atomics.wait(this.#counts, answeredSteps, answered, left);
    }
  }

  #read<T>(read: (db: ReadDatabase) => T, what: StoreQuestion, args: readonly unknown[]): T | undefined {
    this.#caughtUp(patience);
    try {
      const reader = this.#open();
      if (reader !== undefined) return read(reader.db);
    } catch (error) {
      this.#closeReader();
      if (!isDamaged(error)) {
        this.#trouble = reasonOf(error);
        return undefined;
      }
    }
    // The thread sets a damaged file aside, and saves what can be saved of it.
    return this.#ask(what, args) as T | undefined;
  }

  #records(id: string, jail: string | undefined): readonly (BanRecord & { readonly jail: string })[] {
    try {
      return this.#open()?.db.records(id, jail) ?? [];
    } catch {
      // Whatever is wrong with the file, the thread meets it with the next step.
      this.#closeReader();
      return [];
    }
  }

  #ask(what: StoreQuestion, args: readonly unknown[]): unknown {
    const before = Atomics.load(this.#counts, answeredQuestions);
    this.#post({ kind: 'ask', what, args });
    if (this.#thread === undefined || this.#answers === undefined) return undefined;
    Atomics.wait(this.#counts, answeredQuestions, before, patience);
    return receiveMessageOnPort(this.#answers)?.message;
  }

  #open(): { readonly db: ReadDatabase } | undefined {
    if (this.#reader !== undefined || this.#closing) return this.#reader;
    const connection = openForReading(this.#sqlite, this.#options.file);
    if (connection === undefined) return undefined;
    this.#reader = { connection, db: new ReadDatabase(connection, realFiles) };
    return this.#reader;
  }

  #closeReader(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    try {
      reader?.connection.close();
    } catch {
      // There is nothing that could still be saved.
    }
  }
}

/** The thread's program: beside this file when built; in `dist` while tests run the sources. */
function threadFile(): string {
  const places = ['./store-thread.js', '../../../dist/keeping/sqlite/store-thread.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => existsSync(place)) ?? places[0]!;
}
