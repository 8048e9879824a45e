import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { debianPython } from './requirements.js';

/** What fail2ban's own client makes of one tree. */
export interface OracleAnswer {
  /** One `repr` per command, as `fail2ban-client -d` prints them; undefined where it gave up. */
  readonly stream: readonly string[] | undefined;
  /** Why it gave up. */
  readonly error: string | undefined;
}

/**
 * Reads one directory name a line, answers one JSON object a line: many trees for the price of one Python start. fail2ban has
 * no bound on what tags unfold to: a random tree once took 24 GB. So memory and time of a tree are bounded here, and a tree
 * past them counts as refused.
 */
const script = `
import json, logging, resource, signal, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
def late(*_):
    raise TimeoutError('more than 20 seconds for one tree')
signal.signal(signal.SIGALRM, late)
from fail2ban.client.configurator import Configurator
logging.getLogger('fail2ban').addHandler(logging.NullHandler())
logging.getLogger('fail2ban').propagate = False
for line in sys.stdin:
    answer = {}
    signal.alarm(20)
    try:
        reader = Configurator()
        reader.setBaseDir(json.loads(line))
        reader.readEarly()
        reader.getEarlyOptions()
        reader.readAll()
        reader.getOptions(None)
        reader.convertToProtocol(allow_no_files=True)
        answer['stream'] = [repr(command) for command in reader.getConfigStream()]
    except Exception as error:
        answer['error'] = type(error).__name__ + ': ' + str(error)[:2000]
    signal.alarm(0)
    print(json.dumps(answer), flush=True)
`;

/** Version of the installed fail2ban, or undefined: then a test says so and is skipped; under `CI=true` it fails. */
export function installedFail2ban(): string | undefined {
  const run = spawnSync(debianPython, ['-c', 'from fail2ban.version import version; print(version)'], {
    encoding: 'utf8',
  });
  const version = run.status === 0 ? run.stdout.trim() : undefined;
  if (version === undefined && process.env.CI === 'true') {
    throw new Error('CI has to compare with the real fail2ban, and it is not installed (apt-get install fail2ban)');
  }
  return version;
}

/** The real fail2ban as an oracle for configuration trees. */
export class Fail2banOracle {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    this.#child = spawn(debianPython, ['-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.resume();
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(directory: string): Promise<OracleAnswer> {
    this.#child.stdin.write(`${JSON.stringify(directory)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the process that runs fail2ban ended early');
    const answer = JSON.parse(value) as { stream?: string[]; error?: string };
    return { stream: answer.stream, error: answer.error };
  }

  close(): void {
    this.#child.stdin.end();
  }
}

/**
 * The lines of `-d` by fail2ban 1.1.1's rule, which 1.0 does not have: a jail with `backend = auto` and a journalmatch, none of whose
 * logs exists, reads the journal.
 */
export function journalInstead(stream: readonly string[]): readonly string[] {
  const jailsWith = (command: string) =>
    new Set(stream.flatMap((line) => new RegExp(`^\\['set', '([^']+)', '${command}'`).exec(line)?.[1] ?? []));
  const withMatch = jailsWith('addjournalmatch');
  const withLog = jailsWith('addlogpath');
  return stream.map((line) => {
    const added = /^\['add', '([^']+)', 'auto'\]$/.exec(line)?.[1];
    const reads = added !== undefined && withMatch.has(added) && !withLog.has(added);
    return reads ? `['add', '${added}', 'systemd']` : line;
  });
}

/** A tree as a map from file name to content. */
export type Tree = Readonly<Record<string, string>>;

/** Writes a tree into a new directory below `parent`. */
export function writeTree(tree: Tree, parent: string): string {
  const directory = mkdtempSync(join(parent, 'tree-'));
  for (const [name, text] of Object.entries(tree)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return directory;
}

/** A directory for the trees of one test file; call the second to remove it. */
export function temporaryRoot(): { root: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'f2b-config-'));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
