import type { Milliseconds } from '@f2b/config';
import type { FileMark, FilePlace, Source, SourceReader } from '../source.js';
import { FollowedFile, type FollowFile, type FollowParts } from './followed-file.js';
import type { Watch, Watcher } from './watcher.js';

export interface TailerOptions extends FollowParts {
  readonly watch: Watch;
  /** How often every log is looked at, whatever the watcher says: what a missed event costs at most. */
  readonly pollEvery: Milliseconds;
}

/** Files as a source: follows them by name, wakes on changes, polls as a safety net, hands out blocks of whole lines. */
export class Tailer implements Source<FollowFile> {
  readonly #options: TailerOptions;
  readonly #followed = new Map<string, FollowedFile>();
  #watcher: Watcher | undefined;
  #stopPolling: (() => void) | undefined;
  #closed = false;

  constructor(options: TailerOptions) {
    this.#options = options;
  }

  follow(path: string, reader: SourceReader, from: FollowFile): void {
    if (this.#closed || this.#followed.has(path)) return;
    const followed = new FollowedFile(path, reader, from, this.#options);
    this.#followed.set(path, followed);
    this.#watcher ??= this.#options.watch((changed) => this.wake(changed));
    this.#watcher.add(path);
    if (this.#stopPolling === undefined) this.#poll();
    void followed.run();
  }

  async unfollow(path: string, how: 'drain' | 'drop'): Promise<FilePlace | undefined> {
    const followed = this.#followed.get(path);
    if (followed === undefined) return undefined;
    if (how === 'drain') await followed.run();
    // Somebody may have ended it meanwhile, and even begun anew.
    if (this.#followed.get(path) === followed) {
      this.#followed.delete(path);
      this.#watcher?.remove(path);
    }
    await followed.close();
    return followed.place();
  }

  /** Nothing has the log's name any more, and nothing more is expected of what had it. */
  hasVanished(path: string): boolean {
    return this.#followed.get(path)?.vanished ?? true;
  }

  /** Where a log's files would be read on, or copies of them. */
  marks(path: string): readonly FileMark[] {
    return this.#followed.get(path)?.marks() ?? [];
  }

  /** Where reading stands in a log. */
  place(path: string): FilePlace | undefined {
    return this.#followed.get(path)?.place();
  }

  /** Something may have changed: in one log, or (undefined) anywhere. */
  wake(path: string | undefined): void {
    if (path !== undefined) {
      void this.#followed.get(path)?.run();
      return;
    }
    for (const followed of this.#followed.values()) void followed.run();
  }

  /** Also when it has been closed: questions may be answered later, and move the places. */
  places(): readonly FilePlace[] {
    return [...this.#followed.values()].flatMap((followed) => followed.place() ?? []);
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#followed.values()].map((followed) => followed.run()));
  }

  async close(): Promise<readonly FilePlace[]> {
    this.#closed = true;
    this.#stopPolling?.();
    await this.#watcher?.close();
    await Promise.all([...this.#followed.values()].map((followed) => followed.close()));
    return this.places();
  }

  #poll(): void {
    this.#stopPolling = this.#options.clock.after(this.#options.pollEvery, () => {
      this.wake(undefined);
      if (!this.#closed) this.#poll();
    });
  }
}
