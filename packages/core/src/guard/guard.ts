import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { EpochMs, JailSettings, LogPath, Milliseconds, Seconds, Settings } from '@f2b/config';
import { type Firewall, type FirewallOptions, openFirewall } from '@f2b/firewall';
import { openPool, type Regex, type ScanPool } from '@f2b/matcher';
import type { CoreErrorCode } from '../errors.js';
import type { Decision } from '../jails/decisions.js';
import { Dns } from '../jails/dns.js';
import { type Log, type LogLevel, singleLine } from '../log.js';
import type { LogTrouble, OpenedLog, Rotation } from '../sources/file/block.js';
import { type LogReader, Tailer } from '../sources/file/tailer.js';
import type { Edges } from './edges.js';
import { Enforcer } from './enforcer.js';
import type { GuardEvents } from './events.js';
import type { GuardedJail } from './guarded-jail.js';
import { startJail } from './jail-starter.js';
import { Questions } from './questions.js';
import { realEdges } from './real-edges.js';
import { SharedLog } from './shared-log.js';
import { failedStatus, type JailStatus } from './status.js';
import { openMemoryStore, type Store } from './store.js';

export interface GuardOptions {
  readonly settings: Settings;
  readonly log: Log;
  /** A dry run: gets, line by line, what would be done to the firewall; nothing is done. */
  readonly dryRun?: { print(line: string): void } | undefined;
  readonly edges?: Partial<Edges>;
  readonly store?: Store;
  readonly pool?: ScanPool;
  readonly openFirewall?: (options: FirewallOptions) => Firewall;
  /** How often every log is looked at, whatever the watcher says. */
  readonly pollEvery?: Milliseconds;
}

const defaultPoll: Milliseconds = 2000;
const lateWrites: Milliseconds = 30_000;
/** Blocks of one log under way at once: enough to keep the workers busy, few enough to bound the memory. */
const readAhead = 4;
/** Appends up to this size are scanned on the spot. */
const inlineBytes = 64 * 1024;
/** The guard looks after its books, its globs and the clock at least this often. */
const housekeepingEvery: Milliseconds = 10_000;
const refreshNamesEvery: Milliseconds = 300_000;
const checkFirewallEvery: Milliseconds = 60_000;

/** The running guard. */
export class Guard {
  readonly events = new EventEmitter<GuardEvents>();
  readonly #options: GuardOptions;
  readonly #edges: Edges;
  readonly #store: Store;
  readonly #pool: ScanPool;
  readonly #dns: Dns;
  readonly #firewall: Firewall;
  readonly #enforcer: Enforcer;
  readonly #questions: Questions;
  readonly #tailer: Tailer;
  readonly #jails = new Map<string, GuardedJail>();
  readonly #failed = new Map<string, string>();
  readonly #logs = new Map<string, SharedLog>();
  readonly #known = new Map<string, Regex>();
  #stopTimer: () => void = () => {};
  #timerAt: EpochMs = Number.POSITIVE_INFINITY;
  #namesAt: EpochMs = Number.NEGATIVE_INFINITY;
  #checkedAt: EpochMs = Number.NEGATIVE_INFINITY;
  #stopping: Promise<void> | undefined;

  constructor(options: GuardOptions) {
    const { settings } = options;
    this.#options = options;
    this.#edges = { ...realEdges((error) => this.#watchFailed(error)), ...options.edges };
    const { clock, files, watch } = this.#edges;
    this.#store = options.store ?? openMemoryStore();
    this.#pool = options.pool ?? openPool(poolOptions(settings));
    this.#dns = new Dns((name) => this.#edges.resolve(name));
    const firewallOptions = this.#firewallOptions();
    this.#firewall = (options.openFirewall ?? openFirewall)(firewallOptions);
    this.#enforcer = new Enforcer(this.#firewall, clock, {
      enforced: (jail, id) => this.events.emit('enforced', { jail, id }),
      failed: ({ jail, action, id, kind, why }, retryIn) => {
        const next = retryIn === undefined ? 'It is not tried again' : `Next try in ${retryIn / 1000} s`;
        const what = `Order ${kind} ${id} failed at action '${action}': ${why ?? 'no reason given'}. ${next}`;
        this.#problem('F2B_FIREWALL', jail, what, 'ERROR', 'fail2ban.actions');
      },
    });
    this.#questions = new Questions(this.#dns, this.#edges, (jail, code, what) => {
      this.#problem(code, jail.name, what, 'WARNING', 'fail2ban.filter');
    });
    const { blockBytes, maxLineBytes } = settings.own;
    this.#tailer = new Tailer({
      files,
      watch,
      clock,
      limits: {
        blockBytes: Math.max(blockBytes, maxLineBytes),
        inlineBytes: Math.min(inlineBytes, blockBytes),
        maxLineBytes,
      },
      pollEvery: options.pollEvery ?? defaultPoll,
      lateWrites,
      readAhead,
    });
  }

  /** Starts the firewall, then the jails. One that cannot start is told as a problem and has the state `failed`; never rejects for it. */
  async start(): Promise<void> {
    for (const settings of this.#options.settings.jails) this.#createJail(settings);
    // Orders wait behind the start of their action, so a slow actionstart holds up no log.
    const starting = this.#firewall.start();
    // Before the first line is judged, the names in ignoreip must have been asked for.
    await this.#refreshNames(this.#edges.clock.now());
    const now = this.#edges.clock.now();
    for (const jail of this.#jails.values()) this.#runJail(jail, now);
    this.#schedule(now);
    await starting;
  }

  /** Names of all jails, running or not, in the order of the configuration. */
  jailNames(): readonly string[] {
    return this.#options.settings.jails.map((jail) => jail.name);
  }

  jailStatus(name: string): JailStatus | undefined {
    const why = this.#failed.get(name);
    return why === undefined ? this.#jails.get(name)?.status() : failedStatus(name, why);
  }

  /** Reads and judges everything that is in the logs now, and waits until what follows from it has been done. */
  async settled(): Promise<void> {
    await this.#tailer.settled();
    await this.#questions.idle();
    await this.#enforcer.idle();
  }

  /**
   * Bans by hand: no counting, no ignore rules.
   * @returns whether it is a new ban; undefined when there is no such jail
   */
  ban(jail: string, id: string, bantime?: Seconds): boolean | undefined {
    return this.#byHand(jail, (guarded, now) => guarded.judge.ban(id, now, bantime), 'ban');
  }

  /** @returns whether it was banned; undefined when there is no such jail */
  unban(jail: string, id: string): boolean | undefined {
    return this.#byHand(jail, (guarded) => guarded.judge.unban(id), 'unban');
  }

  /** Counts a failure by hand. @returns false when the ignore rules forbid it; undefined when there is no such jail */
  attempt(jail: string, id: string, matches: readonly string[]): boolean | undefined {
    const guarded = this.#jails.get(jail);
    if (guarded === undefined) return undefined;
    const { ignored, decisions } = guarded.judge.attempt(id, matches, this.#edges.clock.now());
    guarded.apply(decisions);
    return !ignored;
  }

  /** Stops: what has been read is judged, the bans are taken back from the firewall. Calling it again waits for the first time. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const positions = await this.#tailer.close();
    await this.#questions.idle();
    this.#stopTimer();
    this.#store.positions(positions);
    this.#enforcer.stop();
    for (const jail of this.#jails.values()) {
      for (const decision of jail.judge.repeal()) {
        if (decision.kind === 'unban') this.#log(decision.say.logger, decision.say.level, decision.say.message);
      }
    }
    await this.#enforcer.idle();
    // The firewall lifts all bans of a jail at once, which is quicker than one by one.
    await this.#firewall.stop();
    for (const name of this.#jails.keys()) this.#log('fail2ban.jail', 'INFO', `Jail '${name}' stopped`);
    if (this.#options.pool === undefined) await this.#pool.close();
    await this.#store.close();
  }

  #byHand(
    name: string,
    judge: (jail: GuardedJail, now: EpochMs) => Decision[],
    kind: Decision['kind'],
  ): boolean | undefined {
    const jail = this.#jails.get(name);
    if (jail === undefined) return undefined;
    const decisions = judge(jail, this.#edges.clock.now());
    jail.apply(decisions);
    return decisions.some((decision) => decision.kind === kind);
  }

  #createJail(settings: JailSettings): void {
    this.#log('fail2ban.jail', 'INFO', `Creating new jail '${settings.name}'`);
    try {
      const jail = startJail(settings, {
        edges: this.#edges,
        dns: this.#dns,
        store: this.#store,
        known: this.#known,
        carryOut: (guarded, decision) => this.#carryOut(guarded, decision),
        problem: (name, code, what) => this.#problem(code, name, what, 'WARNING', 'fail2ban.filter'),
      });
      this.#jails.set(settings.name, jail);
      this.#log('fail2ban.jail', 'INFO', `Jail '${settings.name}' uses poller {}`);
      this.#log('fail2ban.jail', 'INFO', "Initiated 'polling' backend");
    } catch (error) {
      this.#failJail(settings.name, error);
    }
  }

  #failJail(name: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#failed.set(name, why);
    this.#problem('F2B_JAIL_SETTINGS', name, `The jail is not started: ${why}`, 'ERROR', 'fail2ban.jail');
  }

  #runJail(jail: GuardedJail, now: EpochMs): void {
    for (const ban of this.#store.restore(jail.name)) jail.apply(jail.judge.restore(ban, now));
    try {
      for (const logpath of jail.settings.logpaths) this.#addLogs(jail, logpath);
    } catch (error) {
      this.#failJail(jail.name, error);
      return;
    }
    this.#log('fail2ban.jail', 'INFO', `Jail '${jail.name}' started`);
  }

  /** Follows the files that a logpath names now. A plain name is followed whether or not it is there. */
  #addLogs(jail: GuardedJail, logpath: LogPath): void {
    const magic = /[*?[]/.test(logpath.pattern);
    const files = magic ? this.#edges.glob(logpath.pattern) : [logpath.pattern];
    for (const path of files) if (!jail.logs.has(path)) this.#addLog(jail, path, logpath.from);
  }

  #addLog(jail: GuardedJail, path: string, from: 'head' | 'tail'): void {
    const known = this.#logs.get(path);
    const { clock } = this.#edges;
    const log =
      known ??
      new SharedLog(path, this.#pool, this.#edges, {
        scanned: (where, bytes, result) => {
          this.events.emit('scanned', { path: where, bytes, lines: result.lines });
          if (result.overlong.count > 0) {
            this.#problem(
              'F2B_LONG_LINE',
              undefined,
              `${where}: ${result.overlong.count} overlong line(s) skipped whole`,
              'WARNING',
            );
          }
          for (const { reason } of result.refused.first)
            this.#problem('F2B_SCAN', undefined, `${where}: ${reason}`, 'WARNING');
          // Judging may have banned: the next end may be nearer than the timer.
          this.#schedule(clock.now());
        },
        failed: (where, why) => this.#problem('F2B_SCAN', undefined, `${where}: ${why}`, 'ERROR'),
      });
    log.add(jail, from);
    jail.logs.set(path, undefined);
    this.#logs.set(path, log);
    if (known !== undefined) return;
    // Jails that are started together share the first reading; so it begins when all have been added.
    queueMicrotask(() => this.#follow(log));
  }

  #follow(log: SharedLog): void {
    if (this.#stopping !== undefined) return;
    const reader: LogReader = {
      block: (block) => log.block(block),
      caughtUp: (path) => this.events.emit('caughtUp', { path }),
      opened: (opened) => this.#opened(log, opened),
      rotated: (rotation) => this.#rotated(rotation),
      trouble: (trouble) => this.#trouble(log, trouble),
      longLine: (path, offset) => {
        this.#problem(
          'F2B_LONG_LINE',
          undefined,
          `${path}: the line at byte ${offset} is too long and skipped whole`,
          'WARNING',
        );
      },
    };
    const resume = this.#store.position(log.path);
    const { chooseStart: start, newline, startsAtEnd: inOperation } = log;
    this.#tailer.follow(log.path, reader, { start, resume, newline, inOperation });
  }

  #opened(log: SharedLog, opened: OpenedLog): void {
    log.opened(opened);
    if (opened.generation > 0) return;
    const first = Buffer.alloc(64 * 1024);
    const text = first.subarray(0, this.#edges.files.read(opened.fd, first, 0));
    const end = text.indexOf(0x0a) + 1;
    const hash = end === 0 ? '' : createHash('sha1').update(text.subarray(0, end)).digest('hex');
    this.#log('fail2ban.filter', 'INFO', `Added logfile: '${opened.path}' (pos = ${opened.offset}, hash = ${hash})`);
  }

  #rotated({ path, reason, size, offset }: Rotation): void {
    this.#log(
      'fail2ban.filter',
      'INFO',
      `Log rotation detected for ${path}, reason: ${reason} (size ${size}, read to ${offset})`,
    );
  }

  #trouble(log: SharedLog, trouble: LogTrouble | undefined): void {
    for (const jail of log.jails) jail.logs.set(log.path, trouble);
    if (trouble === undefined) return;
    const jails = log.jails.map((jail) => `[${jail.name}]`).join(' ');
    const [code, level, what] = describeTrouble(trouble);
    this.#problem(code, undefined, `${jails} ${what}`, level);
  }

  /** The one place where decisions become acts: told to the store, then to the log, then done. */
  #carryOut(jail: GuardedJail, decision: Decision): void {
    const { name } = jail;
    if (decision.kind === 'ban') this.#store.ban(name, decision.ban);
    if (decision.kind === 'unban') this.#store.unban(name, decision.ban.who.id);
    if (decision.kind !== 'ask' && decision.say !== undefined) {
      this.#log(decision.say.logger, decision.say.level, decision.say.message);
    }
    switch (decision.kind) {
      case 'found':
        this.events.emit('found', { jail: name, who: decision.who, time: decision.time });
        break;
      case 'ignored':
        this.events.emit('ignored', { jail: name, who: decision.who, by: decision.by });
        break;
      case 'ask':
        this.#questions.ask(jail, decision.question);
        break;
      case 'ban':
        this.#enforcer.ban(name, decision.ban);
        this.events.emit('ban', { jail: name, ban: decision.ban });
        this.#schedule(this.#edges.clock.now());
        break;
      case 'prolong':
        this.#enforcer.prolong(name, decision.ban);
        break;
      case 'already':
        this.#enforcer.doubt(decision.ban, this.#edges.clock.now());
        break;
      case 'unban':
        this.#enforcer.unban(name, decision.ban);
        this.events.emit('unban', { jail: name, ban: decision.ban });
        break;
      case 'note':
        break;
    }
  }

  /** One timer, for the earliest end of a ban or the next housekeeping. */
  #schedule(now: EpochMs): void {
    if (this.#stopping !== undefined) return;
    const ends = [...this.#jails.values()].map((jail) => jail.judge.nextEnd() ?? Number.POSITIVE_INFINITY);
    // A ban ends when the present is behind its end, not at it.
    const at = Math.min(now + housekeepingEvery, ...ends.map((end) => Math.floor(end) + 1));
    if (at >= this.#timerAt && this.#timerAt > now) return;
    this.#stopTimer();
    this.#timerAt = at;
    this.#stopTimer = this.#edges.clock.after(Math.max(0, at - now), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#tick();
    });
  }

  #tick(): void {
    const now = this.#edges.clock.now();
    for (const jail of this.#jails.values()) {
      jail.apply(jail.judge.unbans(now));
      jail.judge.sweep(now);
      for (const logpath of jail.settings.logpaths) {
        if (/[*?[]/.test(logpath.pattern)) this.#addNewLogs(jail, logpath);
      }
    }
    this.#store.positions(this.#tailer.positions());
    if (Math.abs(now - this.#namesAt) >= refreshNamesEvery) void this.#refreshNames(now);
    if (Math.abs(now - this.#checkedAt) >= checkFirewallEvery) {
      this.#checkedAt = now;
      void this.#firewall.check();
    }
    this.#schedule(now);
  }

  #addNewLogs(jail: GuardedJail, logpath: LogPath): void {
    try {
      this.#addLogs(jail, logpath);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#problem('F2B_LOG_READ', jail.name, `Files of ${logpath.pattern} cannot be added: ${why}`, 'ERROR');
    }
  }

  async #refreshNames(now: EpochMs): Promise<void> {
    this.#namesAt = now;
    await Promise.all([...this.#jails.values()].map((jail) => jail.judge.ignore.refreshNames(now)));
  }

  #firewallOptions(): FirewallOptions {
    const { settings, dryRun } = this.#options;
    const say = (level: LogLevel) => (message: string) => this.#log('fail2ban.actions', level, message);
    const allowed = settings.server.allowipv6.value.trim().toLowerCase();
    const ipv6 = allowed === 'auto' ? this.#edges.ipv6() : ['yes', 'true', 'on', '1'].includes(allowed);
    return {
      jails: settings.jails.map(({ name, actions }) => ({ name, actions })),
      log: { error: say('ERROR'), warn: say('WARNING'), notice: say('NOTICE'), info: say('INFO'), debug: say('DEBUG') },
      ipv6,
      clock: () => this.#edges.clock.now(),
      counts: (jail) => {
        const counts = this.#jails.get(jail)?.judge.counts;
        return {
          banned: counts?.banned ?? 0,
          bannedTotal: counts?.totalBanned ?? 0,
          found: counts?.failed ?? 0,
          foundTotal: counts?.totalFailed ?? 0,
        };
      },
      ...(dryRun === undefined ? {} : { dryRun }),
    };
  }

  #watchFailed(error: Error): void {
    const what = `The file watcher complains: ${error.message}. Logs are looked at every few seconds instead`;
    this.#problem('F2B_LOG_WATCH', undefined, what, 'WARNING');
  }

  #problem(
    code: CoreErrorCode,
    jail: string | undefined,
    what: string,
    level: LogLevel,
    logger = 'fail2ban.filter',
  ): void {
    this.#log(logger, level, `${jail === undefined ? '' : `[${jail}] `}${what}`);
    this.events.emit('problem', { code, jail, what });
  }

  #log(logger: string, level: LogLevel, message: string): void {
    this.#options.log.log(logger, level, singleLine(message));
  }
}

/** Opens the scan pool and the firewall, and starts all jails. */
export async function startGuard(options: GuardOptions): Promise<Guard> {
  const guard = new Guard(options);
  await guard.start();
  return guard;
}

function poolOptions({ own }: Settings): { readonly workers?: number; readonly maxLineBytes: number } {
  const { workers, maxLineBytes } = own;
  return workers === undefined ? { maxLineBytes } : { workers, maxLineBytes };
}

function describeTrouble(trouble: LogTrouble): [CoreErrorCode, LogLevel, string] {
  const { path } = trouble;
  switch (trouble.kind) {
    case 'missing':
      return ['F2B_LOG_MISSING', 'WARNING', `${path} does not exist; it is read as soon as it appears`];
    case 'denied':
      return [
        'F2B_LOG_DENIED',
        'ERROR',
        `${path} may not be read; run f2b as root or make it readable, it is tried on`,
      ];
    case 'unsuitable':
      return ['F2B_LOG_KIND', 'ERROR', `${path} is a ${trouble.what}, a log must be a file; correct logpath`];
    case 'failing':
      return ['F2B_LOG_READ', 'ERROR', `${path} cannot be read: ${trouble.why}; it is tried on`];
  }
}
