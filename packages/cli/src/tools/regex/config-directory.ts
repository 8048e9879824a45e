import { statSync } from 'node:fs';
import { embeddedDirectory } from '../../places/configuration-directory.js';

/** The configuration directory as asked for, even a missing one: then no jail and no filter is known by name. */
export function chooseDirectory(asked: string | undefined): string {
  if (asked !== undefined) return asked;
  return ['/etc/f2b', '/etc/fail2ban'].find(isDirectory) ?? embeddedDirectory;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
