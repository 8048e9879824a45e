import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { ask } from '../../packages/cli/src/daemon/control/client.js';
import type { Reply } from '../../packages/cli/src/daemon/control/reply.js';
import { eventually } from '../condition.js';
import { program, type Ran, run } from '../f2b-process.js';
import { debianPython } from '../requirements.js';

/**
 * Sends a command to both sockets with the classes of fail2ban's own client. It answers, for each, the code, the value as Python sees it
 * (so that a tuple is told from a list, and 600 from 600.0), and the text that the client would print.
 */
const asker = `
import json, sys
from fail2ban.client.beautifier import Beautifier
from fail2ban.client.csocket import CSocket
sockets = {}
def ask(path, command):
    try:
        if path not in sockets:
            sockets[path] = CSocket(path, timeout=30)
        code, value = sockets[path].send(command)
    except Exception as error:
        sockets.pop(path, None)
        return {'code': 'lost', 'value': repr(error), 'shown': ''}
    beautifier = Beautifier(command)
    try:
        shown = str(beautifier.beautify(value) if code == 0 else beautifier.beautifyError(value))
    except Exception as error:
        shown = 'cannot be shown: ' + repr(error)
    return {'code': code, 'value': repr(value) + repr(getattr(value, 'args', '')), 'shown': shown}
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps([ask(path, one) for path, one in zip(sys.argv[1:], command)]), flush=True)
`;

export interface Answer {
  /** 0: done, 1: refused, `lost`: no answer. */
  readonly code: number | string;
  readonly value: string;
  readonly shown: string;
}

export type Command = readonly (string | Command)[];

/** The jails of both servers; each server has a directory of its own, of the same length of name. */
function jailConf(directory: string): string {
  return `[DEFAULT]
backend = polling
filter = door
action = note
ignoreip = 127.0.0.1/8 198.51.100.77
[one]
enabled = true
logpath = ${directory}/one.log
[two]
enabled = true
logpath = ${directory}/two.log
  ${directory}/two-more.log
bantime = 1h
action = note[port=80]
  note[name=other, actname=second]
[bare]
enabled = true
filter =
action =
failregex = ^ bare <HOST>$
logpath = ${directory}/bare.log
`;
}

/** fail2ban's server and f2b's daemon, each on a tree of its own that says the same, and fail2ban's client to talk to both. */
export class BothServers {
  readonly directory = mkdtempSync(join(tmpdir(), 'f2b-verbs-'));
  readonly fail2ban = join(this.directory, 'a');
  readonly f2b = join(this.directory, 'b');
  readonly #children: ChildProcess[] = [];
  #asker!: ChildProcessWithoutNullStreams;
  #lines!: Interface;
  #answers!: AsyncIterator<string>;
  /** What f2b's daemon has said. */
  said = '';

  async start(): Promise<void> {
    for (const directory of [this.fail2ban, this.f2b]) makeTree(directory);
    this.#children.push(
      spawn('unshare', ['-n', 'fail2ban-server', '-c', this.fail2ban, '-f', 'start'], { stdio: 'ignore' }),
    );
    await this.startF2b();
    const sockets = [join(this.fail2ban, 'f.sock'), join(this.f2b, 'f.sock')];
    this.#asker = spawn(debianPython, ['-c', asker, ...sockets], {
      env: { ...process.env, PYTHONPATH: '/usr/lib/python3/dist-packages' },
    });
    this.#lines = createInterface({ input: this.#asker.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
    await eventually(
      'both servers to be ready',
      async () => (await this.ask(['server-status'])).every(({ value }) => value.startsWith("'Server ready'")),
      60_000,
    );
  }

  async startF2b(): Promise<void> {
    const args = ['-n', process.execPath, program, '-c', this.f2b, '--dry-run', '-f', 'start'];
    const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
      });
    }
    await eventually('f2b to be ready', () => this.said.includes('Server ready'), 60_000);
  }

  /** Both answers, with what has to differ made the same: the directories, and the one expression that fail2ban has changed since 1.0. */
  async ask(command: Command): Promise<readonly [fail2ban: Answer, f2b: Answer]> {
    const commands = [this.fail2ban, this.f2b].map((directory) => inTree(command, directory));
    this.#asker.stdin.write(`${JSON.stringify(commands)}\n`);
    const { value } = await this.#answers.next();
    const [a, b] = JSON.parse(value) as [Answer, Answer];
    return [this.#common(a), this.#common(b)];
  }

  /** Asks f2b alone, in its own words. */
  askF2b(words: readonly string[]): Promise<Reply> {
    return ask(join(this.f2b, 'f.sock'), words, { timeout: 10_000 });
  }

  /** Runs fail2ban-client as a process of its own. */
  client(server: 'fail2ban' | 'f2b', ...words: readonly string[]): Ran {
    const { code, lines, stderr } = run('fail2ban-client', ['-c', this[server], ...words]);
    const common = (text: string) => text.replaceAll(`${this[server]}/`, '/TREE/');
    const timeless = (text: string) => common(text).replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (.*?)\[\d+\]/g, '$1');
    return {
      code,
      lines: lines.map((line) => this.#common({ code: 0, value: '', shown: common(line) }).shown),
      stderr: timeless(stderr),
    };
  }

  stop(): void {
    this.#lines?.close();
    this.#asker?.stdin.end();
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  #common({ code, value, shown }: Answer): Answer {
    const common = (text: string) =>
      text
        .replaceAll(`${this.fail2ban}/`, '/TREE/')
        .replaceAll(`${this.f2b}/`, '/TREE/')
        .replaceAll('[0-9a-fA-F]{1,4}::?|::){1,7}', '[0-9a-fA-F]{1,4}::?|:){1,7}');
    return { code, value: common(value), shown: common(shown) };
  }
}

/** `TREE` stands for a server's own directory. */
function inTree(command: Command, directory: string): Command {
  return command.map((word) =>
    typeof word === 'string' ? word.replaceAll('TREE', directory) : inTree(word, directory),
  );
}

function makeTree(directory: string): void {
  for (const name of ['', 'filter.d', 'action.d']) mkdirSync(join(directory, name), { recursive: true });
  const file = (name: string, text: string) => writeFileSync(join(directory, name), text);
  file(
    'fail2ban.conf',
    `[Definition]\nloglevel = INFO\nlogtarget = ${directory}/f.log\nsyslogsocket = auto\nsocket = ${directory}/f.sock\n` +
      `pidfile = ${directory}/f.pid\ndbfile = ${directory}/f.sqlite3\ndbpurgeage = 1d\ndbmaxmatches = 10\nallowipv6 = auto\n`,
  );
  file('jail.conf', jailConf(directory));
  file(
    'filter.d/door.conf',
    '[Definition]\nfailregex = ^ knock from <HOST>$\n            ^ user <F-USER>\\S+</F-USER> from <ADDR>$\nignoreregex = ^ knock from 192\\.0\\.2\\.1$\n',
  );
  file(
    'action.d/note.conf',
    '[Definition]\nactionstart = true\nactionstop = true\nactioncheck =\nactionban = true <ip> <port>\nactionunban = true <ip>\n[Init]\nport = 22\n',
  );
  for (const name of ['one', 'two', 'two-more', 'bare', 'spare']) file(`${name}.log`, '');
}
