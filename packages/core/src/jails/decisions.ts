import type { EpochMs } from '@f2b/config';
import type { LogMessage } from '../log.js';
import type { Ban } from './bans.js';
import type { Failure } from './failures.js';
import type { Identifier } from './identifier.js';
import type { IgnoredBy } from './ignore.js';

/** What the judge of one jail decides. `say` is what fail2ban would write about it. */
export type Decision =
  | { readonly kind: 'found'; readonly who: Identifier; readonly time: EpochMs; readonly say: LogMessage }
  | { readonly kind: 'ignored'; readonly who: Identifier; readonly by: IgnoredBy; readonly say: LogMessage }
  /** A failure that cannot be counted before somebody has been asked; the answer comes back through the judge. */
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'ban'; readonly ban: Readonly<Ban>; readonly say: LogMessage }
  /** The ban time of somebody who is banned already has grown. */
  | { readonly kind: 'prolong'; readonly ban: Readonly<Ban>; readonly say: LogMessage | undefined }
  /** Somebody who is banned failed on: either old lines, or the ban does not hold. */
  | { readonly kind: 'already'; readonly ban: Readonly<Ban>; readonly say: LogMessage }
  | { readonly kind: 'unban'; readonly ban: Readonly<Ban>; readonly say: LogMessage }
  /** Only worth a log line: a warning about odd dates, an expired ban, a limit that was reached. */
  | { readonly kind: 'note'; readonly say: LogMessage };

/** What the judge cannot know by itself. */
export type Question =
  /** To which addresses does `name` resolve? One failure per address follows. */
  | { readonly kind: 'lookup'; readonly name: string; readonly failure: Omit<Failure, 'who'> }
  /** Does the jail's ignorecommand say that this failure is to be ignored? */
  | { readonly kind: 'ignorecommand'; readonly failure: Failure };
