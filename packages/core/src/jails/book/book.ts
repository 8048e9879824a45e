import { Bans } from './bans.js';
import { Counted } from './counted.js';
import { defaultFailureBounds, type FailureBounds, Failures } from './failures.js';
import { Sessions } from './sessions.js';

/** All that a jail knows of what happened: its rules may be exchanged, the book stays. */
export class Book {
  readonly sessions = new Sessions();
  readonly failures: Failures;
  readonly bans = new Bans();
  readonly counted = new Counted();

  constructor(bounds: FailureBounds = defaultFailureBounds) {
    this.failures = new Failures(bounds);
  }
}
