import { posix } from 'node:path';
import type { DumpableSettings, JailDump } from '../dump.js';
import { ConfigError } from '../errors.js';
import { Findings } from '../findings.js';
import { Library } from '../library/library.js';
import { readOwnSettings } from '../own/own-settings.js';
import { type ConfigEdge, realEdge } from '../syntax/edge.js';
import { FileStore } from '../syntax/files.js';
import { MissingLogs, resolveJail } from './jail.js';
import { checkDisabled, isEnabled, type JailContext } from './jail-options.js';
import { ownLogOf } from './own-log.js';
import { resolveServer } from './server.js';

/** The fail2ban whose behaviour f2b follows; `%(fail2ban_version)s` in a configuration. */
export const fail2banVersion = '1.1.0';

/** Actions that need no file in `action.d`. */
export const defaultBuiltinActions: ReadonlySet<string> = new Set(['offendingips']);

export interface ReadOptions {
  /** The tree, for example `/etc/fail2ban`. */
  readonly directory: string;
  /** The world; the real one if left out. */
  readonly fs?: ConfigEdge;
  /**
   * Keep jails none of whose logs exists (as `-d` does) instead of leaving them out. `report`: keep them, but as an error.
   * Default false.
   */
  readonly allowMissingLogs?: boolean | 'report';
  /** Names that `action =` may use without a file. A file of that name in `action.d` goes first. */
  readonly builtinActions?: ReadonlySet<string>;
  /** Only this jail, whether enabled or not decides the tree; undefined: all. */
  readonly jail?: string;
  /** Resolve also what nothing uses, so that mistakes in it show (as fail2ban does; `-t` wants it). Default false. */
  readonly thorough?: boolean;
  /** What `%(fail2ban_version)s` stands for. */
  readonly fail2banVersion?: string;
}

/**
 * Reads a configuration tree into settings.
 *
 * Mistakes never throw further than they reach: a bad value costs the value, a bad jail the jail (`Settings.skipped`), and
 * each is named in `Settings.findings`.
 *
 * @throws ConfigError `F2B_CONFIG_NO_DIRECTORY` if there is no such directory, `F2B_CONFIG_NO_FILE` if it holds no `jail`
 *   files, `F2B_CONFIG_UNREADABLE` if one of the main files cannot be read, `F2B_CONFIG_UNKNOWN_JAIL`
 */
export function readSettings(options: ReadOptions): DumpableSettings {
  return readOpenTree(openTree(options), options);
}

/** As `readSettings`, for a tree that is open already. */
export function readOpenTree(tree: OpenTree, options: ReadOptions): DumpableSettings {
  const { library, findings, directory } = tree;
  const serverSet = library.read('fail2ban');
  if (!serverSet) {
    findings.add(
      'warning',
      'F2B_CONFIG_NO_FILE',
      `Found no accessible config files for 'fail2ban' under ${directory}: every setting of the server has its default.`,
      undefined,
      'Put a fail2ban.conf or fail2ban.local there; fail2ban refuses a configuration without one.',
    );
  }
  const { server, written } = resolveServer(serverSet, findings);
  const context: JailContext = { ...jailContext(tree, options), ownLog: ownLogOf(server) };
  const dumps: JailDump[] = [];
  for (const name of jailNames(context, options.jail)) {
    try {
      if (isEnabled(context, name)) dumps.push(resolveJail(context, name));
      else checkDisabled(context, name);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { code, what, origin, advice } = error;
      findings.add(error instanceof MissingLogs ? 'warning' : 'error', code, what, origin, advice, name);
      dumps.push({ kind: 'skipped', jail: { name, why: what }, said: skippedWords(name, error) });
    }
  }
  const own = readOwnSettings(posix.join(directory, 'f2b.ini'), library.store, findings);
  const jails = dumps.flatMap((one) => (one.kind === 'jail' ? [one.jail] : []));
  const skipped = dumps.flatMap((one) => (one.kind === 'skipped' ? [one.jail] : []));
  return { directory, server, jails, skipped, own, findings: findings.all, dump: { ...written, jails: dumps } };
}

/** What fail2ban says in the stream in the place of a jail. */
function skippedWords(name: string, error: ConfigError): string {
  return error instanceof MissingLogs
    ? error.what
    : `Jail '${name}' skipped, because of wrong configuration: ${error.what}`;
}

/** A tree that is open for reading. */
export interface OpenTree {
  readonly directory: string;
  readonly library: Library;
  readonly findings: Findings;
}

/** @throws ConfigError `F2B_CONFIG_NO_DIRECTORY` */
export function openTree(options: ReadOptions): OpenTree {
  const edge = options.fs ?? realEdge;
  const directory = options.directory.replace(/(?<=.)\/+$/, '');
  if (edge.kind(directory) !== 'directory') {
    throw new ConfigError(
      'F2B_CONFIG_NO_DIRECTORY',
      `Base configuration directory ${directory} does not exist`,
      undefined,
      'Name the directory that holds jail.conf with -c.',
    );
  }
  const findings = new Findings();
  const injected = new Map([
    ['fail2ban_version', options.fail2banVersion ?? fail2banVersion],
    ['fail2ban_confpath', directory],
  ]);
  return {
    directory,
    library: new Library(new FileStore(directory, edge), findings, injected, options.thorough),
    findings,
  };
}

/** @throws ConfigError `F2B_CONFIG_NO_FILE` */
export function jailContext({ library, findings, directory }: OpenTree, options: ReadOptions): JailContext {
  const set = library.read('jail');
  if (!set) {
    throw new ConfigError(
      'F2B_CONFIG_NO_FILE',
      `Found no accessible config files for 'jail' under ${directory}`,
      undefined,
      'Put a jail.conf or jail.local there, or name another directory with -c.',
    );
  }
  return {
    library,
    set,
    findings,
    builtinActions: options.builtinActions ?? defaultBuiltinActions,
    allowMissingLogs: options.allowMissingLogs ?? false,
    ownLog: undefined,
  };
}

/**
 * Every section of the `jail` files that can be a jail, in order of first appearance.
 *
 * @throws ConfigError `F2B_CONFIG_UNKNOWN_JAIL` if one is asked for that is not there
 */
export function jailNames(context: JailContext, only?: string): string[] {
  const names = [...context.set.tree.sections.keys()].filter(
    (name) => name !== 'INCLUDES' && !name.startsWith('KNOWN/'),
  );
  if (only === undefined) return names;
  if (!names.includes(only)) {
    throw new ConfigError(
      'F2B_CONFIG_UNKNOWN_JAIL',
      `No section: '${only}'`,
      undefined,
      `There is no [${only}] in the jail files; there are: ${names.slice(0, 20).join(', ')}.`,
    );
  }
  return [only];
}
