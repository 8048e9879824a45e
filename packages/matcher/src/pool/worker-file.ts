import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PoolError } from './errors.js';

/** The worker's program, as it was when the pool was opened. */
export interface WorkerFile {
  readonly path: string;
  /** Tells it from the file that another version puts in its place. */
  readonly stamp: string;
}

/**
 * The worker's program: beside this file when built; in `dist` while tests run the sources.
 *
 * @throws PoolError `F2B_POOL_NOT_BUILT`
 */
export function workerFile(): WorkerFile {
  const places = ['./scan-worker.js', '../../dist/pool/scan-worker.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const path = places.find((place) => existsSync(place));
  if (path !== undefined) return { path, stamp: stampOf(path) };
  throw new PoolError(
    'F2B_POOL_NOT_BUILT',
    `The scan worker ${places.at(-1)} is missing: build f2b with npm run build.`,
  );
}

function stampOf(path: string): string {
  const { dev, ino, size, mtimeMs } = statSync(path);
  return [dev, ino, size, mtimeMs].join(' ');
}

/**
 * Refuses the program of another version: it would read what this one sends in its own way.
 * @throws Error where the file is not the one that was there when the pool was opened
 */
export function refuseAnother({ path, stamp }: WorkerFile): void {
  if (stampOf(path) !== stamp) throw new Error(`${path} was replaced while f2b ran`);
}
