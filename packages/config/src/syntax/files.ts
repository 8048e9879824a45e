import { posix } from 'node:path';
import { ConfigError } from '../errors.js';
import type { ConfigEdge, DirectoryEntry, Kind } from './edge.js';
import { type ParsedFile, parseConfig } from './parse.js';

/** A directory with more configuration files than this is not one. */
const maxFiles = 20_000;

/** By what the system says of a file that is there and cannot be read. */
const unreadableAdvice: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'It is a link to nothing: remove it, or make what it leads to.'],
  ['EPIPE', 'Put a file in its place, or remove it.'],
  ['ELOOP', 'It is a link that leads back to itself: remove it.'],
  [
    'EISDIR',
    'It is a directory: move it elsewhere, or give it a name that does not end like that of a file of settings.',
  ],
]);

/** Reads and remembers files of one tree, so that `common.conf` is parsed once however many filters include it. */
export class FileStore {
  readonly edge: ConfigEdge;
  readonly directory: string;
  readonly #parsed = new Map<string, ParsedFile>();
  readonly #kinds = new Map<string, Kind>();
  readonly #listings = new Map<string, readonly DirectoryEntry[]>();
  /** The same as `#listings`, for the question what a name in it is. */
  readonly #entries = new Map<string, ReadonlyMap<string, DirectoryEntry>>();

  constructor(directory: string, edge: ConfigEdge) {
    this.directory = directory;
    this.edge = edge;
  }

  /** Every file that was parsed so far. */
  get parsed(): ReadonlyMap<string, ParsedFile> {
    return this.#parsed;
  }

  kind(path: string): Kind {
    let kind = this.#kinds.get(path);
    if (kind === undefined) {
      const entry = this.#entryOf(path);
      kind = entry === undefined ? 'missing' : (entry.kind ?? this.edge.kind(path));
      this.#kinds.set(path, kind);
    }
    return kind;
  }

  /** Answers most questions ("is there a .local?") from one listing of the directory instead of one system call each. */
  #entryOf(path: string): DirectoryEntry | undefined {
    const slash = path.lastIndexOf('/');
    const directory = slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '.';
    let entries = this.#entries.get(directory);
    if (!entries) {
      entries = new Map(this.list(directory).map((entry) => [entry.name, entry]));
      this.#entries.set(directory, entries);
    }
    return entries.get(path.slice(slash + 1));
  }

  /** The world as it was when this tree was read: each directory is listed once, however many globs look into it. */
  readonly snapshot: ConfigEdge = {
    readFile: (path) => this.edge.readFile(path),
    listDirectory: (path) => this.list(path),
    kind: (path) => {
      let kind = this.#kinds.get(path);
      if (kind === undefined) {
        kind = this.edge.kind(path);
        this.#kinds.set(path, kind);
      }
      return kind;
    },
  };

  list(directory: string): readonly DirectoryEntry[] {
    let entries = this.#listings.get(directory);
    if (!entries) {
      entries = this.edge.listDirectory(directory);
      if (entries.length > maxFiles) {
        throw new ConfigError(
          'F2B_CONFIG_TOO_LARGE',
          `the directory holds ${entries.length} files.`,
          { file: directory, line: 1, column: 1 },
          'Check that this is a configuration directory.',
        );
      }
      this.#listings.set(directory, entries);
    }
    return entries;
  }

  /**
   * @throws ConfigError `F2B_CONFIG_UNREADABLE` with the system's reason
   */
  parse(path: string): ParsedFile {
    let parsed = this.#parsed.get(path);
    if (!parsed) {
      parsed = parseConfig(this.#bytesOf(path), path);
      this.#parsed.set(path, parsed);
    }
    return parsed;
  }

  #bytesOf(path: string): Uint8Array {
    const unreadable = (why: string, code: string | undefined): ConfigError =>
      new ConfigError(
        'F2B_CONFIG_UNREADABLE',
        `the file cannot be read: ${why}.`,
        { file: path, line: 1, column: 1 },
        unreadableAdvice.get(code) ?? 'Check its owner and mode (root must be able to read it).',
      );
    // Opening a pipe waits for somebody to write into it.
    if (this.kind(path) === 'other') throw unreadable('it is a pipe, a device or a socket', 'EPIPE');
    try {
      return this.edge.readFile(path);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw unreadable(message, code);
    }
  }

  /**
   * The files that make up a configuration name (`jail`, `filter.d/sshd`), in fail2ban's order: `N.conf`, `N.d/*.conf`,
   * `N.local`, `N.d/*.local`; those in a `.d` folder sorted by code points.
   */
  filesOf(name: string): string[] {
    const base = posix.join(this.directory, name);
    const files: string[] = [];
    const folder = `${base}.d`;
    const names = this.kind(folder) === 'directory' ? this.list(folder).map(({ name: member }) => member) : [];
    for (const ending of ['.conf', '.local']) {
      if (this.kind(base + ending) !== 'missing') files.push(base + ending);
      if (names.length === 0) continue;
      const members = names.filter((member) => member.endsWith(ending) && !member.startsWith('.'));
      for (const member of members.sort(byCodePoint)) {
        const path = posix.join(folder, member);
        if (this.kind(path) !== 'missing') files.push(path);
      }
    }
    return files;
  }
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
