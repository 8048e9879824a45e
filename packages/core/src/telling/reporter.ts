import type { EventEmitter } from 'node:events';
import type { EpochMs, Milliseconds, Voice, VoiceLevel, VoiceMessage } from '@f2b/config';
import type { FirewallErrorCode } from '@f2b/firewall';
import type { CoreErrorCode } from '../errors.js';
import { dropOldest } from '../jails/book/bound.js';
import type { GuardEvents } from './events.js';

/** A problem that log lines can cause at will is told once in this time; how often it came in between is told with the next one. */
const quietFor: Milliseconds = 60_000;
const maxKinds = 1000;

export interface ReportedProblem {
  readonly code: CoreErrorCode | FirewallErrorCode;
  readonly jail?: string | undefined;
  /** What is wrong, where, what to do. */
  readonly what: string;
  readonly level: VoiceLevel;
  /** fail2ban's logger name; `fail2ban.filter` where nothing is said. */
  readonly logger?: string;
  /** Whoever writes the logs can cause it as often as they like: same code, jail and subject are told once a minute. */
  readonly subject?: string;
}

/** Where the guard's words go: the log, and the events. */
export class Reporter {
  readonly #voice: Voice;
  readonly #events: EventEmitter<GuardEvents>;
  readonly #now: () => EpochMs;
  readonly #told = new Map<string, { at: EpochMs; suppressed: number }>();

  constructor(voice: Voice, events: EventEmitter<GuardEvents>, now: () => EpochMs) {
    this.#voice = voice;
    this.#events = events;
    this.#now = now;
  }

  say({ logger, level, message }: VoiceMessage): void {
    this.#voice.say({ logger, level, message });
  }

  problem(problem: ReportedProblem): void {
    const { code, jail, level, logger = 'fail2ban.filter' } = problem;
    const more = problem.subject === undefined ? '' : this.#repeated(`${code} ${jail ?? ''} ${problem.subject}`);
    if (more === undefined) return;
    const what = problem.what + more;
    this.say({ logger, level, message: `${jail === undefined ? '' : `[${jail}] `}${what}` });
    this.#events.emit('problem', { code, jail, what });
  }

  /** What to add about earlier ones; undefined: say nothing this time. */
  #repeated(key: string): string | undefined {
    const now = this.#now();
    const told = this.#told.get(key);
    if (told !== undefined && Math.abs(now - told.at) < quietFor) {
      told.suppressed++;
      return undefined;
    }
    this.#told.delete(key);
    this.#told.set(key, { at: now, suppressed: 0 });
    dropOldest(this.#told, maxKinds);
    const count = told?.suppressed ?? 0;
    return count === 0 ? '' : ` (and ${count} more of the kind since this was last said)`;
  }
}
