import type { ActionSettings } from '@f2b/config';
import { errors, FirewallError } from '../errors.js';
import type { Builtin } from './backend.js';
import { offendingIps } from './offendingips/offendingips.js';

const builtins: ReadonlyMap<string, Builtin> = new Map([offendingIps].map((builtin) => [builtin.name, builtin]));

/** Names of the actions that need no file in `action.d`. */
export const builtinActions: readonly string[] = [...builtins.keys()];

/** @throws FirewallError `F2B_ACTION_UNKNOWN_BUILTIN` */
export function builtinOf({ file }: ActionSettings): Builtin {
  const builtin = builtins.get(file);
  if (builtin === undefined) throw errors.unknownBuiltin(file, builtinActions);
  return builtin;
}

/** What is wrong with a built-in action of one jail: the first mistake; undefined: none. */
export function mistakeInBuiltin(settings: ActionSettings): FirewallError | undefined {
  try {
    return builtinOf(settings).mistake(settings);
  } catch (error) {
    if (error instanceof FirewallError) return error;
    throw error;
  }
}

/** A built-in action of a jail, as far as it matters to the others. */
interface Placed {
  readonly jail: string;
  readonly settings: ActionSettings;
}

/**
 * Finds the built-in actions that would fight with one of an earlier jail: they have one place in the kernel, but not the same
 * parameters. Those with mistakes of their own are passed by.
 */
export function conflictsOfBuiltins(
  jails: readonly { readonly name: string; readonly actions: readonly ActionSettings[] }[],
): readonly { readonly jail: string; readonly settings: ActionSettings; readonly error: FirewallError }[] {
  const first = new Map<string, Placed>();
  const conflicts: { jail: string; settings: ActionSettings; error: FirewallError }[] = [];
  for (const { name: jail, actions } of jails) {
    for (const settings of actions) {
      if (!settings.builtin || mistakeInBuiltin(settings) !== undefined) continue;
      const builtin = builtinOf(settings);
      const place = `${builtin.name} ${builtin.place(settings)}`;
      const owner = first.get(place);
      if (owner === undefined) first.set(place, { jail, settings });
      else if (builtin.key(owner.settings) !== builtin.key(settings)) {
        conflicts.push({
          jail,
          settings,
          error: errors.sharedPlace(settings.name, builtin.place(settings), owner.jail),
        });
      }
    }
  }
  return conflicts;
}
