import type { Bytes, Milliseconds } from '@f2b/config';
import type { Clock } from '../clock.js';
import type { Memory } from '../edges/memory.js';
import { defaultRoomBounds, type Room, type RoomBounds } from '../jails/book/room.js';

/** What the process takes before it knows of any attacker, with what a burst of lines adds to it for a while. */
const withoutBooks: Bytes = 160 * 1024 * 1024;
/** Of a heap, likewise; and what an identifier takes of it. */
const heapWithoutBooks: Bytes = 48 * 1024 * 1024;
const heapOfEach: Bytes = 150;
/** However little there is, so much is held: enough for the attacks of a quiet host. */
const leastBounds: RoomBounds = { tracked: 2000, text: 1024 * 1024 };
/** Of the limit: beyond that the books give up something. */
const pressed = 0.85;
const checkEvery: Milliseconds = 250;
/** To collect garbage holds the main thread, so it is done this often at most. */
const collectEvery: Milliseconds = 5000;

/** What was given up for want of memory, in words; undefined: nothing. */
export type Shortage = string | undefined;

/**
 * Fits the books into the memory that there is: a control group's limit, the heap's (`--max-old-space-size`) or a small machine's. When
 * the process comes near its limit all the same, garbage is collected, and then the books give up what does the least harm: a guard
 * that forgets single failures is better than one that is killed, and reads the same lines again when it is back.
 */
export class RoomWatch {
  readonly #room: Room;
  readonly #memory: Memory;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #tell: (what: string) => void;
  readonly #limit: Bytes;
  #checkedAt: Milliseconds = Number.NEGATIVE_INFINITY;
  #collectedAt: Milliseconds = Number.NEGATIVE_INFINITY;
  #told = false;

  /** @param tell gets, once, what is given up and what to do about it */
  constructor(room: Room, memory: Memory, clock: Pick<Clock, 'elapsed'>, tell: (what: string) => void) {
    this.#room = room;
    this.#memory = memory;
    this.#clock = clock;
    this.#tell = tell;
    this.#limit = memory.limit();
    room.fit(boundsIn(this.#limit, memory.heapLimit()));
  }

  /** What has been given up so far. */
  get shortage(): Shortage {
    const { texts, failures } = this.#room.shed;
    if (texts + failures === 0) return undefined;
    const { tracked, text } = this.#room.bounds;
    const most = `at most ${tracked} identifiers and ${megabytes(text)} of their lines are kept`;
    return `the lines of ${texts} failures and bans and ${failures} identifiers with few failures were given up; ${most}`;
  }

  /** To be called whenever the books may have grown. Cheap. */
  check(): void {
    const now = this.#clock.elapsed();
    if (now - this.#checkedAt >= checkEvery) {
      this.#checkedAt = now;
      if (this.#isPressed() && now - this.#collectedAt >= collectEvery) {
        this.#collectedAt = now;
        this.#memory.collect();
        if (this.#isPressed()) this.#giveUpSome();
      }
    }
    const { shortage } = this;
    if (shortage === undefined || this.#told) return;
    this.#told = true;
    const advice = `Give the process more memory than ${megabytes(this.#limit)} (MemoryMax, --max-old-space-size), or lower findtime or maxmatches`;
    this.#tell(`Memory is short: ${shortage}. ${advice}`);
  }

  #isPressed(): boolean {
    return this.#memory.used() > this.#limit * pressed;
  }

  /** A quarter of what is there: it was all that there was room for. */
  #giveUpSome(): void {
    const room = this.#room;
    room.fit({
      tracked: Math.max(leastBounds.tracked, Math.floor(Math.min(room.bounds.tracked, room.tracked) * 0.75)),
      text: Math.max(leastBounds.text, Math.floor(Math.min(room.bounds.text, room.cells.bytes) * 0.75)),
    });
  }
}

/** What the books may hold where a process and its heap may take so much. */
export function boundsIn(limit: Bytes, heapLimit: Bytes): RoomBounds {
  const spare = Math.max(0, limit - withoutBooks) / 2;
  const heap = Math.max(0, heapLimit - heapWithoutBooks) / 2;
  return {
    text: clamp(spare * 0.75, leastBounds.text, defaultRoomBounds.text),
    tracked: clamp(Math.min(spare * 0.25, heap) / heapOfEach, leastBounds.tracked, defaultRoomBounds.tracked),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.floor(Math.min(most, Math.max(least, value)));
}

function megabytes(bytes: Bytes): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
