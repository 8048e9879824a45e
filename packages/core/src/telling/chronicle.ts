import type { EventEmitter } from 'node:events';
import type { EpochMs } from '@f2b/config';
import { endOf, timesBanned } from '../jails/book/bans.js';
import type { UnbanReason } from '../jails/decisions.js';
import type { GuardEvents } from './events.js';

/** Something that befell one identifier in one jail. */
export type Occurrence = { readonly jail: string; readonly at: EpochMs } & (
  | {
      readonly kind: 'found';
      /** The time that its line bears; `at` is when it was read. */
      readonly time: EpochMs;
      readonly weight: number;
      /** Hostile text, cut. */
      readonly lines: readonly string[];
    }
  | { readonly kind: 'ignored'; readonly by: string }
  | {
      readonly kind: 'ban';
      readonly until: EpochMs;
      readonly failures: number;
      readonly bancount: number;
      /** It was in force before the guard was started. */
      readonly restored: boolean;
      readonly simulated: boolean;
    }
  | { readonly kind: 'prolonged'; readonly until: EpochMs }
  /** All actions have carried the ban out. */
  | { readonly kind: 'enforced' }
  | { readonly kind: 'refused'; readonly action: string; readonly why: string }
  | { readonly kind: 'unban'; readonly why: UnbanReason }
);

export interface ChronicleBounds {
  /** Occurrences that are remembered of all together, of one, and the characters of their lines. */
  readonly most: number;
  readonly mostOfOne: number;
  readonly mostChars: number;
}

const defaultBounds: ChronicleBounds = { most: 50_000, mostOfOne: 200, mostChars: 8 * 1024 * 1024 };
/** A line longer than this is cut. */
const longestLine = 512;
const mostLines = 4;
/** What is left of a bound when it was reached. */
const spared = 0.9;

interface Story {
  occurrences: Occurrence[];
  /** Earlier ones that were given up. */
  forgotten: number;
}

/** What was remembered of one identifier, oldest first. */
export interface Remembered {
  readonly occurrences: readonly Occurrence[];
  readonly forgotten: number;
}

/**
 * Remembers lately what befell whom, so that a person can ask why. Bounded: who has been quiet for longest is forgotten first. It ends
 * with the process; bans and failures that count are in the store.
 */
export class Chronicle {
  readonly #bounds: ChronicleBounds;
  /** In the order of the latest occurrence. */
  readonly #stories = new Map<string, Story>();
  #count = 0;
  #chars = 0;

  constructor(events: EventEmitter<GuardEvents>, now: () => EpochMs, bounds: ChronicleBounds = defaultBounds) {
    this.#bounds = bounds;
    events.on('found', ({ jail, who, failure, weight }) => {
      const { time, matches } = failure;
      const lines = matches.slice(-mostLines).map(cut);
      this.#note(who.id, { kind: 'found', jail, at: now(), time, weight, lines });
    });
    events.on('ignored', ({ jail, who, by }) => this.#note(who.id, { kind: 'ignored', jail, at: now(), by }));
    events.on('ban', ({ jail, ban, simulated }) => {
      const { failures, restored } = ban;
      const bancount = timesBanned(ban);
      const until = endOf(ban);
      this.#note(ban.who.id, { kind: 'ban', jail, at: now(), until, failures, bancount, restored, simulated });
    });
    events.on('prolonged', ({ jail, ban }) =>
      this.#note(ban.who.id, { kind: 'prolonged', jail, at: now(), until: endOf(ban) }),
    );
    events.on('enforced', ({ jail, id }) => this.#note(id, { kind: 'enforced', jail, at: now() }));
    events.on('refused', ({ jail, id, action, why }) =>
      this.#note(id, { kind: 'refused', jail, at: now(), action, why: cut(why) }),
    );
    events.on('unban', ({ jail, ban, why }) => this.#note(ban.who.id, { kind: 'unban', jail, at: now(), why }));
  }

  of(id: string): Remembered {
    return this.#stories.get(id) ?? { occurrences: [], forgotten: 0 };
  }

  #note(id: string, occurrence: Occurrence): void {
    let story = this.#stories.get(id);
    if (story === undefined) story = { occurrences: [], forgotten: 0 };
    else this.#stories.delete(id);
    this.#stories.set(id, story);
    story.occurrences.push(occurrence);
    this.#count++;
    this.#chars += charsOf(occurrence);
    // A few at a time: to take out the first of a list costs its length.
    if (story.occurrences.length > this.#bounds.mostOfOne * 1.25) this.#shorten(story, this.#bounds.mostOfOne);
    this.#shed();
  }

  /** Several at once: to find the first of a map costs as much as what was taken out before it. */
  #shed(): void {
    const { most, mostChars } = this.#bounds;
    if (this.#count <= most && this.#chars <= mostChars) return;
    for (const [id, story] of this.#stories) {
      if (this.#stories.size === 1) this.#shorten(story, 1);
      else {
        this.#shorten(story, 0);
        this.#stories.delete(id);
      }
      if (this.#count <= most * spared && this.#chars <= mostChars * spared) return;
    }
  }

  #shorten(story: Story, to: number): void {
    for (const gone of story.occurrences.splice(0, story.occurrences.length - to)) {
      story.forgotten++;
      this.#count--;
      this.#chars -= charsOf(gone);
    }
  }
}

function charsOf(occurrence: Occurrence): number {
  if (occurrence.kind === 'refused') return occurrence.why.length;
  return occurrence.kind === 'found' ? occurrence.lines.reduce((sum, line) => sum + line.length, 0) : 0;
}

/** A copy: what was cut off must not stay in memory. */
function cut(text: string): string {
  return text.length <= longestLine ? text : `${text.slice(0, longestLine - 1)}…`;
}
