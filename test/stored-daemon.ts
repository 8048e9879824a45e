import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './condition.js';
import { program } from './f2b-process.js';

/** A tree with one jail and a database, and the daemon that a test starts on it, kills, and starts again. */
export class StoredDaemon {
  readonly directory: string;
  readonly log: string;
  /** Where a dry run keeps what it remembers. */
  readonly database: string;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(directory: string, jail: Readonly<Record<string, string>> = {}) {
    this.directory = directory;
    this.log = join(directory, 'door.log');
    const dbfile = join(directory, 'f2b.sqlite3');
    this.database = `${dbfile}.dry-run`;
    for (const name of ['filter.d', 'action.d']) mkdirSync(join(directory, name));
    const file = (name: string, text: string) => writeFileSync(join(directory, name), text);
    file(
      'fail2ban.conf',
      `[Definition]\nloglevel = INFO\nlogtarget = STDOUT\nsyslogsocket = auto\nsocket = ${directory}/f2b.sock\npidfile = ${directory}/f2b.pid\ndbfile = ${dbfile}\ndbpurgeage = 1d\nallowipv6 = yes\n`,
    );
    const options = {
      logpath: this.log,
      maxretry: '5',
      findtime: '1h',
      bantime: '1h',
      usedns: 'no',
      action: 'note',
      ...jail,
    };
    const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}\n`);
    file('jail.conf', `[door]\nenabled = true\nfilter = door\nbackend = polling\n${lines.join('')}`);
    file('filter.d/door.conf', '[Definition]\nfailregex = ^ knock from <HOST>$\n');
    file('action.d/note.conf', '[Definition]\nactionban = true <ip>\nactionunban = true <ip>\n');
    appendFileSync(this.log, '');
  }

  /** All that it has said since it was last started. */
  get output(): string {
    return this.#output;
  }

  knock(address: string): void {
    appendFileSync(this.log, knockOf(address));
  }

  start(): void {
    this.#output = '';
    const child = spawn(process.execPath, [program, '-c', this.directory, '--dry-run', '-f', 'start'], {
      stdio: 'pipe',
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        if (child === this.#child) this.#output += text;
      });
    }
  }

  says(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray> {
    return eventually(
      `the daemon to say ${pattern}:\n${this.#output}`,
      () => pattern.exec(this.#output) ?? undefined,
      withinMs,
    ).catch((error) => {
      throw new Error(`${error.message}\n${this.#output}`);
    });
  }

  ready(): Promise<unknown> {
    return this.says(/Server ready/, 30_000);
  }

  /** The log has been opened: whatever is written to it from now on is read. */
  follows(): Promise<unknown> {
    return this.says(/Added logfile/, 30_000);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  hasDatabase(): boolean {
    return existsSync(this.database);
  }

  size(): number {
    return readFileSync(this.log).length;
  }
}

export function knockOf(address: string, at = new Date()): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)} knock from ${address}\n`;
}
