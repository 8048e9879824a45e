import type { ActionSettings } from '@f2b/config';
import { builtinOf } from '../backends/builtin.js';
import type { ActionLane } from './action-lane.js';

/** One action of one jail, with the queue that serves it. */
export interface Seat {
  readonly settings: ActionSettings;
  readonly lane: ActionLane;
}

/** What becomes of a jail's actions when it gets others. */
export interface Arrangement {
  /** Those that go on, with the settings that they have now. */
  readonly stay: readonly Seat[];
  /** Those to be stopped, the last one first. */
  readonly leave: readonly Seat[];
  /** Those to be seated and started. */
  readonly fresh: readonly ActionSettings[];
}

export function arrange(before: readonly Seat[], actions: readonly ActionSettings[]): Arrangement {
  const stay: Seat[] = [];
  const fresh: ActionSettings[] = [];
  for (const settings of actions) {
    const seat = before.find((one) => sameAction(one.settings, settings));
    if (seat === undefined) fresh.push(settings);
    else stay.push({ settings, lane: seat.lane });
  }
  // Whoever is served by a queue that stays for the jail has nothing to stop: it is the same place in the kernel.
  const leave = before.filter(({ lane }) => !stay.some((seat) => seat.lane === lane)).reverse();
  return { stay, leave, fresh };
}

/** Whether the action can go on as it is, bans and all. */
function sameAction(left: ActionSettings, right: ActionSettings): boolean {
  if (left.builtin && right.builtin) return left.name === right.name && keyOf(left) === keyOf(right);
  return content(left) === content(right);
}

function content({ name, file, builtin, commands, params }: ActionSettings): string {
  return JSON.stringify([name, file, builtin, [...commands], params]);
}

function keyOf(settings: ActionSettings): string {
  const builtin = builtinOf(settings);
  try {
    return `${builtin.name} ${builtin.key(settings)}`;
  } catch {
    return content(settings);
  }
}
