import { posix } from 'node:path';
import type { ConfigEdge } from './edge.js';

/** A file system in memory: for trees that are built in, and for tests. */
export function memoryEdge(files: Readonly<Record<string, string | Uint8Array>>): ConfigEdge {
  const contents = new Map(Object.entries(files));
  const directories = new Map<string, Set<string>>([['/', new Set()]]);
  for (const path of contents.keys()) {
    for (let child = path; child !== '/' && child !== '.'; child = posix.dirname(child)) {
      const parent = posix.dirname(child);
      const members = directories.get(parent) ?? new Set<string>();
      members.add(posix.basename(child));
      directories.set(parent, members);
    }
  }
  const kind = (path: string) => (contents.has(path) ? 'file' : directories.has(path) ? 'directory' : 'missing');
  return {
    readFile(path) {
      const content = contents.get(path);
      if (content === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
    listDirectory(path) {
      const members = directories.get(path.length > 1 ? path.replace(/\/$/, '') : path) ?? [];
      return [...members].map((name) => ({ name, kind: undefined }));
    },
    kind,
  };
}
