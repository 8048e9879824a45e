import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Ban } from '../../jails/book/bans.js';
import { identifierOf } from '../../jails/who/identifier.js';
import type { FilePlace } from '../../sources/source.js';
import type { BanChange, KeptFailure, Step, Store } from '../store.js';
import { openSqliteStore } from './sqlite-store.js';

export interface StoreTrial {
  directory: string;
  file: string;
  now: number;
  readonly told: string[];
  open(more?: { readonly file?: string; readonly purgeAge?: number; readonly maxMatches?: number }): Promise<Store>;
  /** What was to happen until then happens, a call after the other. */
  moveClock(by: number): void;
}

/** Stores in a directory of their own, with a clock that stands still. */
export function storeTrial(): StoreTrial {
  let waiting: { readonly due: number; readonly then: () => void }[] = [];
  let opened: Store[] = [];
  const trial: StoreTrial = {
    directory: '',
    file: '',
    now: 0,
    told: [],
    async open({ file = trial.file, purgeAge = 86_400, maxMatches = 10 } = {}) {
      const clock = {
        now: () => trial.now,
        after(delay: number, then: () => void) {
          const entry = { due: trial.now + delay, then };
          waiting.push(entry);
          return () => {
            waiting = waiting.filter((one) => one !== entry);
          };
        },
      };
      const tell = (kind: string, message: string) => void trial.told.push(`${kind}: ${message}`);
      const store = await openSqliteStore({ file, purgeAge, maxMatches, clock, tell });
      opened.push(store);
      return store;
    },
    moveClock(by) {
      const until = trial.now + by;
      for (;;) {
        const next = waiting.sort((a, b) => a.due - b.due)[0];
        if (next === undefined || next.due > until) break;
        waiting.shift();
        trial.now = next.due;
        next.then();
      }
      trial.now = until;
    },
  };
  beforeEach(() => {
    trial.directory = mkdtempSync(join(tmpdir(), 'f2b-store-'));
    trial.file = join(trial.directory, 'f2b.sqlite3');
    trial.now = 1_800_000_000_000;
    trial.told.length = 0;
    waiting = [];
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
    opened = [];
    rmSync(trial.directory, { recursive: true, force: true });
  });
  return trial;
}

export function failureOf(id: string, offset: number, more: Partial<KeptFailure> = {}): KeptFailure {
  const origin = { log: '1:2@3:abc', offset };
  return { jail: 'door', who: identifierOf(id), time: 0, matches: [], data: new Map(), origin, weight: 1, ...more };
}

export function banOf(id: string, time: number, more: Partial<Ban> = {}): Ban {
  const counts = { time, since: time, bantime: 600, bancount: 1, failures: 3 };
  return { who: identifierOf(id), ...counts, matches: [], data: new Map(), restored: false, ...more };
}

export function made(ban: Ban, jail = 'door'): BanChange {
  return { kind: 'made', jail, ban };
}

export function placeOf(log: string, offset: number): FilePlace {
  return {
    kind: 'file',
    log,
    identity: '1:2@3',
    offset,
    marker: 'bWFyaw==',
    head: 'aGVhZA==',
    firstLine: 'ab'.repeat(20),
  };
}

export function step(more: Partial<Step>): Step {
  return { failures: [], bans: [], places: [], ...more };
}
