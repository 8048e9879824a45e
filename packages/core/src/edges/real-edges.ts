import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Milliseconds } from '@f2b/config';
import { glob, realEdge } from '@f2b/config';
import { openIgnoreCommand } from '../acts/ignore-command.js';
import { realFiles } from '../sources/files/files.js';
import { chokidarWatch } from '../sources/files/watcher.js';
import type { Edges } from './edges.js';
import { realMemory } from './memory.js';
import { hostSpeaksIpv6, resolveName } from './resolve-name.js';

/** Node counts delays in 32 bits. */
const longestDelay: Milliseconds = 2 ** 31 - 1;
/** A list of addresses larger than this is a mistake, or somebody else's file. */
const maxListBytes = 64 * 1024 * 1024;

/**
 * The world as it is.
 * @param watchFailed takes what the file watcher complains about; polling carries on
 */
export function realEdges(watchFailed: (error: Error) => void): Edges {
  return {
    clock: {
      now: () => Date.now(),
      elapsed: () => performance.now(),
      after(delay, then) {
        const timer = setTimeout(then, Math.min(Math.max(0, delay), longestDelay));
        timer.unref();
        return () => clearTimeout(timer);
      },
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    },
    files: realFiles,
    watch: chokidarWatch(watchFailed),
    resolve: resolveName,
    memory: realMemory,
    ownAddresses: () =>
      Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)),
    lists: {
      stamp(path) {
        const { mtimeMs, ino: inode, size } = statSync(path);
        return { mtimeMs, inode, size };
      },
      read(path) {
        if (statSync(path).size > maxListBytes) throw new Error(`larger than ${maxListBytes} bytes`);
        return readFileSync(path, 'utf8');
      },
    },
    ipv6: hostSpeaksIpv6,
    random: Math.random,
    ignoreCommand: openIgnoreCommand(),
    glob: (pattern) => glob(pattern, realEdge),
  };
}
