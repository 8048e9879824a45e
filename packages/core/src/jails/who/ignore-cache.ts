import type { EpochMs, IgnoreCacheSetting } from '@f2b/config';
import { dropOldest } from '../book/bound.js';
import type { Failure } from '../book/failures.js';
import type { IgnoredBy } from './ignore.js';

interface Answer {
  /** Undefined: not ignored. */
  readonly by: IgnoredBy | undefined;
  readonly at: EpochMs;
}

/** Remembers answers of the ignore rules, yes and no, under the jail's own key. */
export class IgnoreCache {
  readonly #settings: IgnoreCacheSetting;
  readonly #answers = new Map<string, Answer>();

  constructor(settings: IgnoreCacheSetting) {
    this.#settings = settings;
  }

  find(failure: Failure, now: EpochMs): Answer | undefined {
    const key = keyOf(this.#settings.key, failure);
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    if (Math.abs(now - answer.at) <= this.#settings.maxTime) return answer;
    this.#answers.delete(key);
    return undefined;
  }

  keep(failure: Failure, by: IgnoredBy | undefined, now: EpochMs): void {
    const key = keyOf(this.#settings.key, failure);
    this.#answers.delete(key);
    this.#answers.set(key, { by, at: now });
    dropOldest(this.#answers, this.#settings.maxCount);
  }
}

function keyOf(template: string, failure: Failure): string {
  return template.replace(/<([A-Za-z_-]+)>/g, (tag, name: string) => {
    if (name === 'ip') return failure.who.ip;
    if (name === 'fid') return failure.who.id;
    if (!name.startsWith('F-')) return tag;
    const value = failure.data.get(name.slice(2).toLowerCase());
    return typeof value === 'string' ? value : (value?.join('\u0000') ?? '');
  });
}
