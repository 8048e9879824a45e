import { Bans } from './bans.js';
import { Counted } from './counted.js';
import { Failures } from './failures.js';
import { Room, type Shedding } from './room.js';
import { Sessions } from './sessions.js';

/** All that a jail knows of what happened: its rules may be exchanged, the book stays. */
export class Book implements Shedding {
  readonly sessions = new Sessions();
  readonly failures: Failures;
  readonly bans: Bans;
  readonly counted = new Counted();
  readonly #room: Room;

  /** @param room shared by the books of all jails of a guard */
  constructor(room = new Room()) {
    this.#room = room;
    this.failures = new Failures(room.cells);
    this.bans = new Bans(room.cells);
    room.enter(this);
  }

  get tracked(): number {
    return this.failures.current;
  }

  get textBytes(): number {
    return this.failures.textBytes + this.bans.textBytes;
  }

  /** Something has come in: if that is more than there is room for, something else goes. */
  settle(): void {
    this.#room.settle();
  }

  shedTexts(bytes: number): number {
    const before = this.bans.textBytes;
    const ofBans = this.bans.shedTexts(bytes);
    const left = bytes - (before - this.bans.textBytes);
    return ofBans + (left > 0 ? this.failures.shedTexts(left) : 0);
  }

  shedFailures(count: number): void {
    this.failures.shed(count);
  }

  /** The jail is gone, and with it all that it knew: its room is for others. */
  close(): void {
    this.shedTexts(Number.POSITIVE_INFINITY);
    this.#room.leave(this);
  }
}
