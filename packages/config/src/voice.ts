/**
 * Levels of f2b's own words, by fail2ban's names, worst first. (`MSG` and the levels below `DEBUG` can be asked for in `loglevel`; nothing of f2b's
 * speaks with them.)
 */
export type VoiceLevel = 'CRITICAL' | 'ERROR' | 'WARNING' | 'NOTICE' | 'INFO' | 'DEBUG';

/** One thing that f2b says, as a value: so that deciding and saying stay apart. */
export interface VoiceMessage {
  /** Who speaks, by fail2ban's names: `fail2ban.filter`, `fail2ban.actions`, ... */
  readonly logger: string;
  readonly level: VoiceLevel;
  /** One line. It may hold text that an attacker wrote: whoever writes it somewhere makes it printable. */
  readonly message: string;
}

/** f2b's own words. (A *log* is what f2b reads.) Form, time stamp and target are the business of whoever implements it. */
export interface Voice {
  say(message: VoiceMessage): void;
}
