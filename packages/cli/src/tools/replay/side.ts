import type { JailSettings } from '@f2b/config';
import type { Replay, ReplayedBan } from '@f2b/core';
import type { ReadingCounts } from './logs.js';
import type { SideOptions } from './options.js';

/** One way of judging, and what came of it. */
export interface Side {
  readonly options: SideOptions;
  readonly settings: JailSettings;
  readonly replay: Replay;
  /** In the order in which they were made. */
  readonly bans: readonly ReplayedBan[];
  readonly problems: readonly string[];
}

/** What was read, and how long that took. */
export interface Read extends ReadingCounts {
  from: number | undefined;
  to: number | undefined;
  seconds: number;
}
