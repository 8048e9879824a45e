import { resolve } from 'node:path';
import { parseTime, type Seconds, type Settings, type Voice, type VoiceLevel } from '@f2b/config';
import { type AllowanceKeeper, openAllowFile, openThreadedStore, realEdges, type Store } from '@f2b/core';
import { reasonOf } from '../errors.js';

export interface StoreOptions {
  /** A file, `:memory:` or `None`. */
  readonly dbfile: string;
  readonly enforce: boolean;
  readonly limits: StoreLimits;
}

/** What may be changed of a store while it runs. */
export class StoreLimits {
  /** `dbpurgeage` as it is written. */
  readonly written: string;
  /** The store that goes by them, once there is one. */
  store: Store | undefined;
  #purgeAge: Seconds;
  #maxMatches: number;

  constructor({ server: { dbpurgeage, dbmaxmatches } }: Settings) {
    this.written = dbpurgeage.value;
    this.#purgeAge = parseTime(dbpurgeage.value, dbpurgeage.origin);
    this.#maxMatches = dbmaxmatches?.value ?? defaultMaxMatches;
  }

  get purgeAge(): Seconds {
    return this.#purgeAge;
  }

  set purgeAge(age: Seconds) {
    this.#purgeAge = age;
    this.store?.limit?.(this);
  }

  get maxMatches(): number {
    return this.#maxMatches;
  }

  set maxMatches(count: number) {
    this.#maxMatches = count;
    this.store?.limit?.(this);
  }
}

/** Lines that are kept with a ban where `dbmaxmatches` is not set, as in fail2ban. */
const defaultMaxMatches = 10;

/**
 * Opens what `dbfile` names.
 * @returns undefined where nothing is to outlive the process, or nothing can
 */
export async function openDaemonStore(
  { dbfile, enforce, limits }: StoreOptions,
  voice: Voice,
): Promise<Store | undefined> {
  if (isNoFile(dbfile)) return undefined;
  const say = (level: VoiceLevel, message: string) => voice.say({ logger: 'fail2ban.database', level, message });
  // What is banned in a dry run is banned nowhere: nobody who enforces may find it among their bans.
  const file = resolve(enforce ? dbfile : `${dbfile}.dry-run`);
  const troubles: string[] = [];
  let store: Store;
  try {
    store = await openThreadedStore({
      file,
      purgeAge: limits.purgeAge,
      maxMatches: limits.maxMatches,
      clock: realEdges(() => {}).clock,
      tell: (kind, message) => (kind === 'notice' ? say('WARNING', message) : void troubles.push(message)),
    });
  } catch (error) {
    say('ERROR', `SQLite cannot be loaded, so bans will not survive a restart: ${reasonOf(error)}; reinstall f2b`);
    return undefined;
  }
  limits.store = store;
  if (store.trouble === undefined) {
    say('INFO', `Connected to the database ${file}`);
    return store;
  }
  const why = troubles.at(-1) ?? store.trouble;
  if (enforce) {
    say('ERROR', `Nothing is remembered for now: ${why}. Enforcement goes on; all is written once it can be`);
    return store;
  }
  await store.close();
  say('NOTICE', `This dry run remembers nothing: ${why}`);
  return undefined;
}

/**
 * What keeps the allow list: a file beside the database.
 * @returns undefined where nothing is to outlive the process
 */
export function openAllowances({ dbfile, enforce }: StoreOptions, voice: Voice): AllowanceKeeper | undefined {
  if (isNoFile(dbfile)) return undefined;
  const file = resolve(`${dbfile}${enforce ? '' : '.dry-run'}.allow`);
  return openAllowFile(file, (what) => {
    voice.say({ logger: 'fail2ban.database', level: 'ERROR', message: `The allow list: ${what}` });
  });
}

function isNoFile(dbfile: string): boolean {
  return /^(?:none|:memory:|)$/i.test(dbfile.trim());
}
