import { posix } from 'node:path';
import type { FileStore } from '../syntax/files.js';
import { nearest } from '../values/nearest.js';

/** `Did you mean 'sshd'? `, where the folder holds a file whose name is near to a misspelt one; else nothing. */
export function nearestFile(store: FileStore, folder: string, name: string): string {
  const path = posix.join(store.directory, folder);
  if (store.kind(path) !== 'directory') return '';
  const names = store.list(path).flatMap(({ name: file }) => /^(.+)\.(?:conf|local)$/.exec(file)?.[1] ?? []);
  const bare = name.replace(/\.(?:conf|local)$/, '');
  if (bare !== name && names.includes(bare)) return `Write '${bare}': the ending does not belong to the name. `;
  const near = nearest(bare, new Set(names));
  return near === undefined ? '' : `Did you mean '${near}'? `;
}
