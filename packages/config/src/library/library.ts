import { posix } from 'node:path';
import { ConfigError } from '../errors.js';
import type { Findings } from '../findings.js';
import { MergedTree } from '../merge/tree.js';
import type { FileStore } from '../syntax/files.js';
import { traced } from '../syntax/traced.js';
import { unfoldIncludes } from './includes.js';

/** One configuration name (`jail`, `filter.d/sshd`) with all its files laid over each other. */
export interface ConfigSet {
  readonly name: string;
  readonly tree: MergedTree;
  /** In the order in which they were read. */
  readonly files: readonly string[];
}

/** Reads configuration names and keeps them: a filter that ten jails use is merged once. */
export class Library {
  readonly store: FileStore;
  readonly findings: Findings;
  /** Resolve also what nothing uses, as fail2ban does, so that mistakes in it show. */
  readonly thorough: boolean;
  /** What every tree finds in `[DEFAULT]` without writing it: `fail2ban_version`, `fail2ban_confpath`. */
  readonly #injected: ReadonlyMap<string, string>;
  readonly #sets = new Map<string, ConfigSet | undefined>();

  constructor(store: FileStore, findings: Findings, injected: ReadonlyMap<string, string>, thorough = false) {
    this.store = store;
    this.findings = findings;
    this.#injected = injected;
    this.thorough = thorough;
  }

  /** The sets read so far, by name. */
  get sets(): ReadonlyMap<string, ConfigSet | undefined> {
    return this.#sets;
  }

  /**
   * @param name as fail2ban names it: `jail`, `filter.d/NAME`
   * @returns undefined if no file stands under this name
   * @throws ConfigError where a file cannot be read or an include list cannot be resolved
   */
  read(name: string): ConfigSet | undefined {
    if (this.#sets.has(name)) return this.#sets.get(name);
    const set = this.#read(name);
    this.#sets.set(name, set);
    return set;
  }

  #read(name: string): ConfigSet | undefined {
    const files = this.store.filesOf(name).filter((file) => this.#canBeRead(file, name));
    if (files.length === 0) return undefined;
    const tree = new MergedTree();
    for (const [key, value] of this.#injected) {
      tree.defaults.set(key, {
        key,
        written: key,
        value: traced(value, undefined),
        origin: undefined,
        overrode: undefined,
      });
    }
    const { order, missing, circular } = unfoldIncludes(this.store, files);
    for (const { path, origin } of missing) {
      if (path.endsWith('.local')) continue;
      this.findings.add(
        'warning',
        'F2B_CONFIG_INCLUDE_MISSING',
        `the included file ${path} does not exist.`,
        origin,
        'Mend the name, or remove it from [INCLUDES].',
      );
    }
    for (const { path, origin } of circular) {
      this.findings.add(
        'warning',
        'F2B_CONFIG_INCLUDE_LOOP',
        `the included file ${path} includes this one in turn, or is this one: it is not read again.`,
        origin,
        'Remove one of the two from [INCLUDES].',
      );
    }
    for (const file of order) {
      const parsed = this.store.parse(file);
      for (const problem of parsed.problems) {
        this.findings.add(problem.severity, problem.code, problem.what, problem.origin, problem.advice);
      }
      tree.add(parsed);
    }
    return { name, tree, files: order };
  }

  /**
   * What cannot be read is passed over, but not in silence, where fail2ban passes it over too: in a folder such as `jail.d`, and a link
   * to nothing wherever it stands. Elsewhere it is an error of whatever needs the file.
   */
  #canBeRead(file: string, name: string): boolean {
    const inFolder = file.startsWith(posix.join(this.store.directory, `${name}.d/`));
    if (!inFolder && this.store.kind(file) !== 'dangling') return true;
    try {
      this.store.parse(file);
      return true;
    } catch (error) {
      if (!(error instanceof ConfigError) || error.code !== 'F2B_CONFIG_UNREADABLE') throw error;
      this.findings.addError(error);
      return false;
    }
  }
}

/** Whether a name taken from a value may become a file name below `filter.d` or `action.d`: it must not leave the folder. */
export function safeFileName(name: string): boolean {
  return name !== '' && !name.includes('\0') && !name.split('/').includes('..') && !name.startsWith('/');
}
