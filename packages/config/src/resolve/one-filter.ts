import { posix } from 'node:path';
import { ConfigError } from '../errors.js';
import { Library, safeFileName } from '../library/library.js';
import type { FilterSettings, Finding } from '../settings.js';
import { FileStore } from '../syntax/files.js';
import { type Traced, traced } from '../syntax/traced.js';
import { parseBoolean } from '../values/boolean.js';
import { parseSpec, SpecError, specError } from '../values/spec.js';
import { readFilter } from './filter.js';
import { overlayFilter } from './filter-settings.js';
import { readIgnoreip } from './ignoreip.js';
import { type JailContext, type JailOptionName, readJailOptions } from './jail-options.js';
import { jailContext, type OpenTree, openTree, type ReadOptions } from './settings.js';

/** A jail or a filter file that is wanted by its name alone, enabled or not: what `f2b regex` and `f2b explain` try out. */
export interface OneFilterOptions extends ReadOptions {
  /** Options in brackets behind the name. A jail's are arguments of its filter, over those that the jail gives it. */
  readonly args?: ReadonlyMap<string, string>;
  /** Hears what is wrong in the files that were read, also when the reading fails. */
  readonly report?: (finding: Finding) => void;
  /** `auto` reads lines as they stand in files, `systemd` as the journal gives them. */
  readonly backend?: 'auto' | 'systemd';
}

/** What a jail matches with, and whom it ignores. Its actions and logs are not looked at. */
export interface OneJail {
  readonly name: string;
  readonly filter: FilterSettings;
  readonly ignoreip: readonly string[];
  readonly ignoreself: boolean;
}

/**
 * The filter of one jail of the tree, whether it is enabled or not.
 * @returns undefined where the tree has no jail of that name
 * @throws ConfigError where the tree or the jail cannot be read
 */
export function readOneJail(name: string, options: OneFilterOptions): OneJail | undefined {
  const tree = openTree(options);
  if (tree.library.read('jail') === undefined) return undefined;
  const context: JailContext = jailContext(tree, options);
  if (!context.set.tree.sections.has(name) || name === 'INCLUDES' || name === 'DEFAULT' || name.startsWith('KNOWN/'))
    return undefined;
  const overrule = (key: string, value: string): void => {
    const entry = { key: key.toLowerCase(), written: key, value: traced(value, undefined), origin: undefined };
    context.set.tree.set(name, { ...entry, overrode: undefined });
  };
  overrule('backend', options.backend ?? 'auto');
  const args = new Map([...(options.args ?? [])].map(([key, value]) => [key, traced(value, undefined)]));
  // A jail that names no filter has nothing else that its options could be for.
  if ((context.set.tree.find(name, 'filter')?.value.text ?? '') === '') {
    for (const [key, value] of options.args ?? []) overrule(key, value);
  }
  try {
    const { values, filter, filterSpec } = readJailOptions(context, name, args);
    const where = context.set.tree.origins.get(name);
    const ignoreip = values.get('ignoreip');
    return {
      name,
      filter: overlayFilter(values, filter, filterSpec, tree.findings, name, where).settings,
      ignoreip: ignoreip ? readIgnoreip(ignoreip, tree.library.store.snapshot, tree.findings, name) : [],
      ignoreself: parseBoolean(values.get('ignoreself')?.text ?? 'true'),
    };
  } finally {
    for (const finding of tree.findings.all) options.report?.(finding);
  }
}

/**
 * The filter of one file.
 *
 * @param name of a file in `filter.d`, without ending; or a path of a file elsewhere, which is read alone, without `.local`
 * @returns undefined where there is no such file
 * @throws ConfigError where the tree or the file cannot be read
 */
export function readOneFilter(name: string, options: OneFilterOptions): FilterSettings | undefined {
  const elsewhere = posix.isAbsolute(name);
  const tree = elsewhere ? openFile(name, options) : openTree(options);
  const called = elsewhere ? posix.basename(name) : name;
  if (!safeFileName(called) || tree.library.read(`filter.d/${called}`) === undefined) return undefined;
  const args = new Map([...(options.args ?? [])].map(([key, value]) => [key, traced(value, undefined)]));
  const spec = { name: called, args };
  const none = new Map<JailOptionName, Traced>();
  try {
    const reading = readFilter(tree.library, spec, undefined, options.backend ?? 'auto', none);
    return overlayFilter(none, reading.finish(none, new Set()), spec, tree.findings, called, undefined).settings;
  } finally {
    for (const finding of tree.findings.all) options.report?.(finding);
  }
}

/** A tree whose only filter is one file. */
function openFile(file: string, options: OneFilterOptions): OpenTree {
  let tree: OpenTree;
  try {
    tree = openTree(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // A file that is tried out needs no configuration around it.
    tree = openTree({ ...options, directory: posix.dirname(file) });
  }
  const store = new OneFile(file, tree);
  return { ...tree, library: new Library(store, tree.findings, new Map([['fail2ban_confpath', tree.directory]])) };
}

class OneFile extends FileStore {
  readonly #file: string;

  constructor(file: string, tree: OpenTree) {
    super(posix.dirname(file), tree.library.store.edge);
    this.#file = file;
  }

  override filesOf(name: string): string[] {
    return name === `filter.d/${posix.basename(this.#file)}` ? [this.#file] : super.filesOf(name);
  }
}

/**
 * Takes `name[option=value, ...]` apart.
 * @throws ConfigError `F2B_CONFIG_SPEC`
 */
export function readSpec(text: string): { readonly name: string; readonly args: ReadonlyMap<string, string> } {
  const written = traced(text, undefined);
  try {
    const { name, args } = parseSpec(written);
    return { name, args: new Map([...args].map(([key, value]) => [key, value.text])) };
  } catch (error) {
    if (error instanceof SpecError) throw specError('filter', written, error, `'${text}'`);
    throw error;
  }
}

/** Names of the jails and of the filter files of a tree. */
export function knownNames(options: ReadOptions): {
  readonly jails: readonly string[];
  readonly filters: readonly string[];
} {
  const tree = openTree(options);
  const jails = [...(tree.library.read('jail')?.tree.sections.keys() ?? [])].filter(
    (name) => name !== 'INCLUDES' && name !== 'DEFAULT' && !name.startsWith('KNOWN/'),
  );
  const folder = posix.join(tree.directory, 'filter.d');
  const { store } = tree.library;
  const files = store.edge.kind(folder) === 'directory' ? store.list(folder) : [];
  const filters = new Set(files.flatMap(({ name: file }) => /^(.+)\.(?:conf|local)$/.exec(file)?.[1] ?? []));
  return { jails, filters: [...filters].sort() };
}
