import { accessSync, constants } from 'node:fs';
import type { Settings } from '@f2b/config';

/** What of the built-in jails this host has logs for. */
export interface HostLogs {
  /** Jails with at least one log that this user may read. */
  readonly guarded: readonly { readonly jail: string; readonly files: readonly string[] }[];
  /** Jails without one. */
  readonly idle: readonly string[];
  /** Logs that exist but that this user may not read. */
  readonly unreadable: readonly string[];
}

/** Sorts the jails of a tree, read with `allowMissingLogs`, by whether their logs are here. */
export function findHostLogs(settings: Settings, mayRead: (file: string) => boolean = mayReadHere): HostLogs {
  const guarded: { jail: string; files: string[] }[] = [];
  const idle: string[] = [];
  const unreadable = new Set<string>();
  for (const jail of settings.jails) {
    const named = jail.logpaths.flatMap((path) => path.files);
    const files = named.filter(mayRead);
    for (const file of named) if (!files.includes(file)) unreadable.add(file);
    if (files.length > 0) guarded.push({ jail: jail.name, files });
    else idle.push(jail.name);
  }
  return { guarded, idle, unreadable: [...unreadable] };
}

function mayReadHere(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
