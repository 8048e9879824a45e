import type { EpochMs, VoiceMessage } from '@f2b/config';
import type { Ban } from './book/bans.js';
import type { Failure } from './book/failures.js';
import type { Identifier } from './who/identifier.js';
import type { IgnoredBy } from './who/ignore.js';

/** What the judge of one jail decides. `say` is what fail2ban would write about it. */
export type Decision =
  | { readonly kind: 'found'; readonly who: Identifier; readonly time: EpochMs; readonly say: VoiceMessage }
  | { readonly kind: 'ignored'; readonly who: Identifier; readonly by: IgnoredBy; readonly say: VoiceMessage }
  /** A failure that cannot be counted before somebody has been asked; the answer comes back through the judge. */
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'ban'; readonly ban: Readonly<Ban>; readonly say: VoiceMessage }
  /** The ban time of somebody who is banned already has grown. */
  | { readonly kind: 'prolong'; readonly ban: Readonly<Ban>; readonly say: VoiceMessage | undefined }
  /** Somebody who is banned failed on: either old lines, or the ban does not hold. */
  | { readonly kind: 'already'; readonly ban: Readonly<Ban>; readonly say: VoiceMessage }
  | { readonly kind: 'unban'; readonly ban: Readonly<Ban>; readonly say: VoiceMessage }
  /** Only worth a log line: a warning about odd dates, an expired ban, a limit that was reached. */
  | { readonly kind: 'note'; readonly say: VoiceMessage };

/** What the judge cannot know by itself. */
export type Question =
  /** To which addresses does `name` resolve? One failure per address follows. */
  | { readonly kind: 'lookup'; readonly name: string; readonly failure: Omit<Failure, 'who'> }
  /** Does the jail's ignorecommand say that this failure is to be ignored? */
  | { readonly kind: 'ignorecommand'; readonly failure: Failure };
