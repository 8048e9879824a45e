import { dirname } from 'node:path';
import { watch as chokidar } from 'chokidar';

/** What wakes the tailer. It may miss events and may cry wolf; the tailer looks for itself. */
export interface Watcher {
  add(path: string): void;
  remove(path: string): void;
  close(): Promise<void>;
}

/** Starts watching; `changed` gets the path that something happened to, or undefined for "look everywhere". */
export type Watch = (changed: (path: string | undefined) => void) => Watcher;

/**
 * Watches logs and their directories with chokidar. The directory is watched for the log's name to appear, be renamed
 * or be replaced; of its other files nothing is asked.
 * @param failed takes what the watcher complains about, such as the kernel's limit on watches; polling then carries on alone
 */
export function chokidarWatch(failed: (error: Error) => void): Watch {
  return (changed) => {
    const logs = new Set<string>();
    const directories = new Set<string>();
    const watcher = chokidar([], {
      persistent: true,
      // The first event says that the watch is in place: what was written until then is looked for.
      ignoreInitial: false,
      depth: 0,
      atomic: false,
      ignorePermissionErrors: true,
      ignored: (path) => !logs.has(path) && !directories.has(path),
    });
    const wake = (path: string) => changed(logs.has(path) ? path : undefined);
    watcher.on('all', (_event, path) => wake(path));
    // Raw events come for every change; chokidar holds back those that follow within 50 ms of another.
    watcher.on('raw', (_event, path, details) => {
      const watched = (details as { watchedPath?: unknown }).watchedPath;
      if (typeof watched === 'string' && logs.has(watched)) changed(watched);
      else if (typeof path === 'string') wakeNamed(path);
    });
    watcher.on('error', (error) => failed(error instanceof Error ? error : new Error(String(error))));
    /** A raw event of a directory carries the bare name of the file. */
    const wakeNamed = (name: string) => {
      for (const log of logs) if (log === name || log.endsWith(`/${name}`)) changed(log);
    };
    return {
      add(path) {
        const directory = dirname(path);
        logs.add(path);
        directories.add(directory);
        watcher.add([path, directory]);
      },
      remove(path) {
        const directory = dirname(path);
        logs.delete(path);
        watcher.unwatch(path);
        if ([...logs].some((log) => dirname(log) === directory)) return;
        directories.delete(directory);
        watcher.unwatch(directory);
      },
      close: () => watcher.close(),
    };
  };
}
