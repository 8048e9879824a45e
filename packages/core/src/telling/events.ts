import type { Bytes, EpochMs } from '@f2b/config';
import type { FirewallErrorCode } from '@f2b/firewall';
import type { CoreErrorCode } from '../errors.js';
import type { Ban } from '../jails/book/bans.js';
import type { Failure } from '../jails/book/failures.js';
import type { UnbanReason } from '../jails/decisions.js';
import type { Identifier } from '../jails/who/identifier.js';
import type { IgnoredBy } from '../jails/who/ignore.js';

/** Something that did not go as it should and that a person should know of. */
export interface GuardProblem {
  readonly code: CoreErrorCode | FirewallErrorCode;
  readonly jail: string | undefined;
  /** What is wrong, where, what to do: one sentence or two. */
  readonly what: string;
}

/** What the guard tells while it runs, for whoever shows it. The log lines are written besides. */
export interface GuardEvents {
  found: [
    event: {
      readonly jail: string;
      readonly who: Identifier;
      readonly time: EpochMs;
      readonly failure: Failure;
      /** As how many failures it counts. */
      readonly weight: number;
    },
  ];
  ignored: [event: { readonly jail: string; readonly who: Identifier; readonly by: IgnoredBy }];
  /** `simulated`: the jail only says whom it would ban. */
  ban: [event: { readonly jail: string; readonly ban: Readonly<Ban>; readonly simulated: boolean }];
  /** A ban ends later than it did. */
  prolonged: [event: { readonly jail: string; readonly ban: Readonly<Ban> }];
  /** Somebody failed who has been banned since then: a line that was on its way, or a ban that does not hold. */
  already: [event: { readonly jail: string; readonly id: string; readonly since: EpochMs }];
  /** `repealed`: the jail stops, so the ban is no longer enforced; it goes on in the store. */
  unban: [
    event: {
      readonly jail: string;
      readonly ban: Readonly<Ban>;
      readonly why: UnbanReason;
      readonly simulated: boolean;
    },
  ];
  /** The firewall has carried out a ban at every action of the jail. */
  enforced: [event: { readonly jail: string; readonly id: string }];
  /** An action has refused a ban. */
  refused: [event: { readonly jail: string; readonly id: string; readonly action: string; readonly why: string }];
  problem: [event: GuardProblem];
  /** A log has been read to its end. */
  caughtUp: [event: { readonly path: string }];
  /** A block of lines went through. */
  scanned: [
    event: {
      readonly path: string;
      readonly bytes: Bytes;
      readonly lines: number;
      /** Of them matched, by any jail. */
      readonly matched: number;
      /** Too long, given up by an expression, or not valid in the log's encoding. */
      readonly notUnderstood: number;
    },
  ];
}
