/** The installed fail2ban as an oracle for log lines: one process that keeps filters and is asked lines. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { MatchSettings } from '@f2b/matcher';
import { debianPython } from '../requirements.js';

const oracleScript = `
import json, logging, os, signal, sys, time
logging.disable(logging.CRITICAL)
time.tzset()
from fail2ban.server.filter import FileContainer, Filter
from fail2ban.server.mytime import MyTime

def plain(value):
    if isinstance(value, (set, frozenset)):
        return sorted(str(one) for one in value)
    if isinstance(value, (list, tuple)):
        return [None if one is None else str(one) for one in value]
    return str(value)

class TooSlow(Exception):
    pass

def give_up(number, frame):
    raise TooSlow()

signal.signal(signal.SIGALRM, give_up)

def failure(found):
    regex, who, when, data = found
    matches = [''.join(one) if isinstance(one, (list, tuple)) else str(one) for one in data.get('matches') or []]
    groups = {name: plain(value) for name, value in data.items() if name != 'matches' and value is not None}
    return {'regex': regex, 'id': None if who is None else str(who), 'time': when, 'groups': groups, 'matches': matches}

filters = {}
patience = float(sys.argv[1])
for question in sys.stdin:
    ask = json.loads(question)
    answer = []
    if 'make' in ask:
        spec = ask['make']
        MyTime.setTime(ask['now'])
        made = Filter(None)
        made.active = True
        made.checkFindTime = False
        made.checkAllRegex = spec['all']
        made.setUseDns(spec['usedns'])
        if spec['maxlines'] is not None:
            made.setMaxLines(spec['maxlines'])
        if spec['datepattern'] is not None:
            made.setDatePattern(spec['datepattern'])
        if spec['prefregex'] is not None:
            made.prefRegex = spec['prefregex']
        for one in spec['failregex']:
            made.addFailRegex(one)
        for one in spec['ignoreregex']:
            made.addIgnoreRegex(one)
        filters[ask['name']] = made
    elif 'drop' in ask:
        filters.pop(ask['drop'], None)
    else:
        made = filters[ask['name']]
        for line in ask['lines']:
            line = FileContainer.decode_line('log', 'UTF-8', line.encode('latin-1')).rstrip('\\r\\n')
            begun = time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, patience)
            try:
                found = [failure(one) for one in made.processLine(line)]
                signal.setitimer(signal.ITIMER_REAL, 0)
                answer.append({'found': found, 'ms': (time.perf_counter() - begun) * 1000})
            except Exception as error:
                signal.setitimer(signal.ITIMER_REAL, 0)
                answer.append({'error': repr(error), 'ms': (time.perf_counter() - begun) * 1000})
    print(json.dumps(answer), flush=True)
`;

export interface Fail2banFailure {
  readonly regex: number;
  readonly id: string | null;
  readonly time: number | null;
  readonly groups: Readonly<Record<string, string | readonly (string | null)[]>>;
  readonly matches: readonly string[];
}

export interface Fail2banAnswer {
  readonly found?: readonly Fail2banFailure[];
  /** The line made fail2ban raise this. */
  readonly error?: string;
  /** Milliseconds that the line took. */
  readonly ms: number;
}

export class Fail2banProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  #errors = '';

  /**
   * @param zone the local time zone that it lives in
   * @param patience seconds after which a line is given up; its answer's error then begins with `TooSlow`
   */
  constructor(zone: string, patience = 1) {
    this.#child = spawn(debianPython, ['-c', oracleScript, String(patience)], {
      env: { ...process.env, TZ: zone, PYTHONIOENCODING: 'utf-8' },
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => this.#waiting.shift()?.resolve(line));
    this.#child.stderr.on('data', (data: Buffer) => {
      this.#errors += data.toString();
    });
    this.#child.on('close', () => {
      for (const one of this.#waiting) one.reject(new Error(`fail2ban's process ended: ${this.#errors.slice(-2000)}`));
    });
  }

  async #ask<T>(question: object): Promise<T> {
    const answer = new Promise<string>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await answer) as T;
  }

  /** Makes a filter of the expressions that f2b's own reader found. */
  async make(
    name: string,
    settings: MatchSettings,
    { now, usedns, all }: { now: number; usedns: 'raw' | 'no'; all: boolean },
  ): Promise<void> {
    const make = {
      all,
      usedns,
      maxlines: settings.maxlines?.value ?? null,
      datepattern: settings.datepattern?.value ?? null,
      prefregex: settings.prefregex?.source ?? null,
      failregex: settings.failregex.map(({ source }) => source),
      ignoreregex: settings.ignoreregex.map(({ source }) => source),
    };
    await this.#ask({ name, make, now: now / 1000 });
  }

  async drop(name: string): Promise<void> {
    await this.#ask({ drop: name });
  }

  /** What the lines (one character per byte) give, one after the other. */
  async lines(name: string, lines: readonly string[]): Promise<readonly Fail2banAnswer[]> {
    return this.#ask({ name, lines });
  }

  close(): void {
    this.#child.stdin.end();
  }
}
