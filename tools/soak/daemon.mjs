// The daemon under trial: started as a supervisor would, killed, asked, and looked at from outside.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filters, maxretry } from './gateway.mjs';

const program = fileURLToPath(new URL('../../packages/cli/bin/f2b.js', import.meta.url));
/** Of /proc/PID/stat: a tick is a hundredth of a second on every Linux that has been made. */
const msPerTick = 10;

/**
 * @param {string} directory gets the configuration, the database and the daemon's own log
 * @param {string} logs
 * @param {{ bantime: number, logs: readonly string[] }} options
 */
export function writeConfiguration(directory, logs, { bantime, logs: names }) {
  const file = (name, text) => writeFileSync(join(directory, name), text);
  for (const name of ['filter.d', 'action.d', 'jail.d']) mkdirSync(join(directory, name), { recursive: true });
  file(
    'fail2ban.conf',
    `[Definition]
loglevel = NOTICE
logtarget = ${directory}/f2b.log
syslogsocket = auto
socket = ${directory}/f2b.sock
pidfile = ${directory}/f2b.pid
dbfile = ${directory}/f2b.sqlite3
dbpurgeage = 1d
allowipv6 = no
`,
  );
  const jails = names.map((name) => {
    const [logpath, failregex] = filters[name];
    file(`filter.d/${name}.conf`, `[Definition]\nfailregex = ${failregex}\n`);
    return `[${name}]
enabled = true
filter = ${name}
backend = auto
logpath = ${join(logs, logpath)}
maxretry = ${maxretry}
findtime = 600
bantime = ${bantime}
usedns = ${name === 'names' ? 'yes' : 'no'}
ignoreip = 127.0.0.0/8
action = offendingips
`;
  });
  file('jail.conf', jails.join('\n'));
}

export class Daemon {
  #directory;
  #child;
  #output = '';
  /** When it was last ready; undefined while it is not. */
  readySince;
  starts = 0;

  /** @param {string} directory with its configuration */
  constructor(directory) {
    this.#directory = directory;
  }

  get pid() {
    return this.#child?.pid;
  }

  get runs() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  start() {
    this.#output = '';
    this.readySince = undefined;
    this.starts++;
    const child = spawn(process.execPath, [program, '-c', this.#directory, '-f', 'start'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        if (child !== this.#child) return;
        appendFileSync(join(this.#directory, 'output'), text);
        this.#output = (this.#output + text).slice(-4096);
        if (this.readySince === undefined && this.#output.includes('Server ready')) this.readySince = Date.now();
      });
    }
  }

  /** @param {'SIGKILL' | 'SIGTERM'} signal @returns {Promise<void>} when it is gone */
  async end(signal) {
    const child = this.#child;
    this.readySince = undefined;
    if (!this.runs || child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', () => resolve(undefined)));
    child.kill(signal);
    await gone;
  }

  /** @returns {boolean | undefined} whether it took the configuration in; undefined where f2b has no such verb */
  reload() {
    const { status, stderr, stdout } = this.#ask('reload');
    if (/not in this version|no such command/i.test(stderr + stdout)) return undefined;
    return status === 0;
  }

  /**
   * Resident bytes, milliseconds of processor time, and milliseconds for which its main thread could have run and got no processor (of
   * a kernel that counts that); undefined while it does not run.
   */
  load() {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const resident = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
      const [, waited] = readFileSync(`/proc/${this.pid}/schedstat`, 'latin1').split(' ');
      return { resident, cpu: (Number(fields[11]) + Number(fields[12])) * msPerTick, waited: Number(waited) / 1e6 };
    } catch {
      return undefined;
    }
  }

  /** Lines of its own log that are warnings or worse. */
  complaints() {
    const log = join(this.#directory, 'f2b.log');
    if (!existsSync(log)) return [];
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /\b(WARNING|ERROR|CRITICAL)\b/.test(line));
  }

  get output() {
    return this.#output;
  }

  #ask(...command) {
    return spawnSync(process.execPath, [program, '-c', this.#directory, ...command], {
      encoding: 'utf8',
      timeout: 30_000,
    });
  }
}
