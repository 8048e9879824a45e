import type { VoiceMessage } from '@f2b/config';
import type { Ban, BriefBan } from './book/bans.js';
import type { Failure } from './book/failures.js';
import type { Identifier } from './who/identifier.js';
import type { IgnoredBy } from './who/ignore.js';

/** `ended`: its time is over; `lifted`: by hand; `repealed`: only its enforcement ends, because the jail stops. */
export type UnbanReason = 'ended' | 'lifted' | 'repealed';

/** What the judge of one jail decides. `say` is what fail2ban would write about it. */
export type Decision =
  /** Counted; `weight`: as so many failures, for who was banned before. */
  | { readonly kind: 'found'; readonly failure: Failure; readonly weight: number; readonly say: VoiceMessage }
  | { readonly kind: 'ignored'; readonly who: Identifier; readonly by: IgnoredBy; readonly say: VoiceMessage }
  /** A failure that cannot be counted before somebody has been asked; the answer comes back through the judge. */
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'ban'; readonly ban: Readonly<Ban>; readonly say: VoiceMessage }
  /** The ban time of somebody who is banned already has grown. */
  | { readonly kind: 'prolong'; readonly ban: Readonly<Ban>; readonly say: VoiceMessage | undefined }
  /** Somebody who is banned failed on: either old lines, or the ban does not hold. */
  | { readonly kind: 'already'; readonly ban: BriefBan; readonly say: VoiceMessage }
  | {
      readonly kind: 'unban';
      readonly why: UnbanReason;
      readonly ban: Readonly<Ban>;
      readonly say: VoiceMessage;
    }
  /** Somebody who is not banned is to be forgotten by hand. */
  | { readonly kind: 'forget'; readonly id: string; readonly say: undefined }
  /** Only worth a log line: a warning about odd dates, an expired ban, a limit that was reached. */
  | { readonly kind: 'note'; readonly say: VoiceMessage };

/** What the judge cannot know by itself. */
export type Question =
  /** To which addresses does `name` resolve? One failure per address follows. */
  | {
      readonly kind: 'lookup';
      readonly name: string;
      readonly failure: Omit<Failure, 'who'>;
      /** Whose failures on this line an earlier process has counted. */
      readonly counted: ReadonlySet<string> | undefined;
    }
  /** Does a host name in ignoreip, asked for just now for the first time, lead to this address? */
  | { readonly kind: 'names'; readonly failure: Failure }
  /** Does the jail's ignorecommand say that this failure is to be ignored? */
  | { readonly kind: 'ignorecommand'; readonly failure: Failure };
