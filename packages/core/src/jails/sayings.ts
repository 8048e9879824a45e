import type { EpochMs, Seconds, VoiceLevel, VoiceMessage } from '@f2b/config';
import { type Ban, type BriefBan, endOf } from './book/bans.js';
import type { Failure } from './book/failures.js';
import { formatDuration, formatLocalTime } from './when/duration.js';
import type { Identifier } from './who/identifier.js';

/**
 * What the log says about a jail's decisions. The words are an interface: the recidive jail, log watchers and web
 * interfaces match them, so they are fail2ban's.
 */
export class Sayings {
  readonly #jail: string;
  /** Of what is only simulated nobody may take the words for those of a ban: they are other ones. */
  readonly #simulated: boolean;

  constructor(jail: string, simulated = false) {
    this.#jail = jail;
    this.#simulated = simulated;
  }

  found(who: Identifier, time: EpochMs): VoiceMessage {
    return this.#filter('INFO', `Found ${who.id} - ${formatLocalTime(time)}`);
  }

  attempt(who: Identifier, time: EpochMs): VoiceMessage {
    return this.#filter('INFO', `Attempt ${who.id} - ${formatLocalTime(time)}`);
  }

  ignored(who: Identifier, by: string): VoiceMessage {
    return this.#filter('INFO', `Ignore ${who.id} by ${by}`);
  }

  lookedUp(name: string, addresses: readonly string[]): VoiceMessage {
    return this.#filter('WARNING', `Host name '${name}' of a log line was looked up: ${addresses.join(', ')}`);
  }

  refused(text: string): VoiceMessage {
    return this.#filter('DEBUG', `'${text}' is no address, nobody is counted for it`);
  }

  evicted(count: number): VoiceMessage {
    return this.#filter(
      'WARNING',
      `Too many identifiers fail at once: ${count} of the oldest were forgotten uncounted`,
    );
  }

  ban(ban: Ban): VoiceMessage {
    return this.#enforcing(ban.restored ? 'Restore Ban' : 'Ban', ban);
  }

  unban(ban: Ban): VoiceMessage {
    return this.#enforcing('Unban', ban);
  }

  repeal(ban: Ban): VoiceMessage {
    return this.#enforcing('Repeal Ban', ban);
  }

  /** The longer ago the ban, the louder: right after it, lines already written still come in. */
  already(ban: BriefBan, now: EpochMs): VoiceMessage {
    const age = now - ban.since;
    return this.#actions(age < 3000 ? 'DEBUG' : age < 60_000 ? 'NOTICE' : 'WARNING', `${ban.who.id} already banned`);
  }

  expired(who: Identifier): VoiceMessage {
    return this.#actions('INFO', `Ignore ${who.id}, expired bantime`);
  }

  knownBad(failure: Failure, bancount: number, weight: number, banned: boolean): VoiceMessage {
    const text = `Found ${failure.who.id}, bad - ${formatLocalTime(failure.time)}, ${bancount} # -> ${weight}${banned ? ', Ban' : ''}`;
    return this.#message('fail2ban.observer', 'INFO', text);
  }

  increased(ban: Ban, base: Seconds): VoiceMessage {
    const until = ban.bantime < 0 ? 'infinite' : formatLocalTime(endOf(ban));
    const length = ban.bantime < 0 ? 'permanent' : formatDuration(ban.bantime);
    const text = `Increase Ban ${ban.who.id} (${ban.bancount} # ${length} -> ${until})`;
    return this.#message('fail2ban.observer', base === ban.bantime ? 'INFO' : 'NOTICE', text);
  }

  #enforcing(what: string, { who }: Ban): VoiceMessage {
    const words = this.#simulated ? `Simulated: would ${what.toLowerCase()}` : what;
    return this.#actions('NOTICE', `${words} ${who.id}`);
  }

  #filter(level: VoiceLevel, text: string): VoiceMessage {
    return this.#message('fail2ban.filter', level, text);
  }

  #actions(level: VoiceLevel, text: string): VoiceMessage {
    return this.#message('fail2ban.actions', level, text);
  }

  #message(logger: string, level: VoiceLevel, text: string): VoiceMessage {
    return { logger, level, message: `[${this.#jail}] ${text}` };
  }
}
