import { changedParts, type JailPart, type JailSettings } from '@f2b/config';
import { conflictsOfBuiltins, mistakeInBuiltin } from '@f2b/firewall';
import { reasonOf } from '../errors.js';
import type { MadeReady } from './jail-maker.js';

/** What of the configuration a reload is about. */
export interface Wanted {
  /** All jails of the configuration, in its order. */
  readonly jails: readonly JailSettings[];
  /** Only this jail; undefined: all, and those that the configuration no longer has are removed. */
  readonly only?: string | undefined;
  /** Jails that are not in the configuration's list, and stay as they are all the same. */
  readonly keep?: ReadonlySet<string>;
}

/** A jail that a reload changes. */
export interface JailChange {
  readonly name: string;
  readonly parts: readonly JailPart[];
}

/** Why a jail cannot run by its new settings. */
export interface BrokenJail {
  readonly name: string;
  readonly why: string;
  /** It has not run before either, for the same reason. */
  readonly asBefore: boolean;
}

/** What a reload would do, all of it read, compiled and found good, nothing of it done yet. */
export interface ReloadPlan {
  readonly added: readonly MadeReady[];
  readonly changed: readonly (JailChange & { readonly ready: MadeReady })[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
  readonly broken: readonly BrokenJail[];
}

/** A jail of the running guard, as the plan sees it. */
export type Standing =
  | { readonly kind: 'running'; readonly settings: JailSettings }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'starting' };

export interface Planner {
  readonly standing: ReadonlyMap<string, Standing>;
  /** @throws what keeps a jail from running by these settings */
  ready(settings: JailSettings): MadeReady;
  /** Lets others go first. */
  pause(): Promise<void>;
}

/** Compares what runs with what the configuration wants. Changes nothing. */
export async function planReload(wanted: Wanted, planner: Planner): Promise<ReloadPlan> {
  const { jails, only, keep = new Set() } = wanted;
  const { standing } = planner;
  const added: MadeReady[] = [];
  const changed: (JailChange & { ready: MadeReady })[] = [];
  const unchanged: string[] = [];
  const broken: BrokenJail[] = [];
  const conflicts = new Map(conflictsOfBuiltins(jails).map(({ jail, error }) => [jail, error.message]));
  for (const settings of jails) {
    const { name } = settings;
    if (only !== undefined && name !== only) continue;
    const before = standing.get(name);
    const parts = before?.kind === 'running' ? changedParts(before.settings, settings) : undefined;
    if (parts?.length === 0) {
      unchanged.push(name);
      continue;
    }
    try {
      const ready = planner.ready(settings);
      const mistake = settings.actions.map((action) => (action.builtin ? mistakeInBuiltin(action) : undefined));
      const why = mistake.find((one) => one !== undefined)?.message ?? conflicts.get(name);
      if (why !== undefined) throw new Error(why);
      if (parts === undefined) added.push(ready);
      else changed.push({ name, parts, ready });
    } catch (error) {
      const why = reasonOf(error);
      broken.push({ name, why, asBefore: before?.kind === 'failed' && before.why === why });
    }
    await planner.pause();
  }
  const named = new Set(jails.map(({ name }) => name));
  const removed = [...standing.keys()].filter(
    (name) => !named.has(name) && !keep.has(name) && (only === undefined || name === only),
  );
  return { added, changed, removed, unchanged, broken };
}
