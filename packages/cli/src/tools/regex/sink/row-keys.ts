import { maxSessions, sessionKey } from '@f2b/core';
import { type CompiledFilter, type Groups, rowNames } from '@f2b/matcher';
import type { Found } from './verdict.js';

/**
 * The names of the groups that a row shows, in the order in which fail2ban comes to know them: those that took no part as well, since
 * scripts count on them.
 */
export class RowKeys {
  readonly #named: readonly (readonly string[])[];
  /** Of a line that begins a session: without and with users; most lines do. */
  readonly #first: readonly (readonly [string[], string[]])[];
  readonly #sessions = new Map<string, readonly string[]>();

  readonly #most: number;

  /** @param mostSessions that are remembered, as the `Verdicts` remembers them */
  constructor(filter: CompiledFilter, mostSessions = maxSessions) {
    this.#most = mostSessions;
    this.#named = rowNames(filter);
    this.#first = this.#named.map((named) => {
      const names = named.filter((name) => name !== 'mlfforget');
      return [names, names.includes('users') ? names : [...names, 'users']] as const;
    });
  }

  /** Call it for every line of a session, in order, also for those that are no failure. */
  of(found: Found): readonly string[] {
    const named = this.#named[found.regex]!;
    const groups = found.own;
    const mlfid = groups.get('mlfid');
    if (mlfid === undefined) return named;
    const key = sessionKey(mlfid);
    const forget = groups.get('mlfforget') !== undefined && groups.get('mlfforget') !== '';
    const known = this.#sessions.get(key);
    let names: string[];
    if (known === undefined) {
      names = this.#first[found.regex]![hasUser(groups) && !forget ? 1 : 0];
      if (groups.has('mlfgained') && !names.includes('nofail')) names = [...names, 'nofail'];
      if (!forget) this.#remember(key, names);
      if (!groups.has('nofail') && !groups.has('mlfgained')) return names;
    } else {
      const had = known.filter((name) => name !== 'nofail' && name !== 'mlfgained');
      if (hasUser(groups) && !had.includes('users')) had.push('users');
      names = [...had, ...named.filter((name) => groups.has(name) && name !== 'mlfforget' && !had.includes(name))];
      if (groups.has('mlfgained') && !names.includes('nofail')) names.push('nofail');
      if (forget) this.#sessions.delete(key);
      else this.#sessions.set(key, names);
    }
    // What the session took away again is not shown; what a line of a new session could have had, but has not, is.
    const isNew = known === undefined && !groups.has('mlfgained');
    return names.filter(
      (name) => (name !== 'nofail' && name !== 'mlfgained') || found.groups.has(name) || (isNew && !groups.has(name)),
    );
  }

  /** The same as `of` for a session that begins with an ordinary failure. */
  begin(key: string, regex: number, groups: Groups): void {
    this.#remember(key, this.#first[regex]![hasUser(groups) ? 1 : 0]);
  }

  forget(key: string): void {
    this.#sessions.delete(key);
  }

  #remember(key: string, names: readonly string[]): void {
    this.#sessions.set(key, names);
    if (this.#sessions.size > this.#most) this.#sessions.delete(this.#sessions.keys().next().value!);
  }
}

/** A user without a name is none to a session. */
function hasUser(groups: Groups): boolean {
  const user = groups.get('user');
  return user !== undefined && user !== '';
}
