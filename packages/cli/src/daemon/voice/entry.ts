import type { EpochMs } from '@f2b/config';

/** One line of the log before it has a form. */
export interface VoiceEntry {
  readonly time: EpochMs;
  readonly level: number;
  /** Who speaks, in fail2ban's names: `fail2ban.actions`, `fail2ban.filter`, ... */
  readonly logger: string;
  /** May hold text that an attacker wrote. */
  readonly message: string;
}
