import { jailDefaults } from '../defaults.js';
import type { JailSettings } from '../settings.js';

/**
 * What of a jail a change concerns, and so what has to be made anew: its expressions (`filter`), where its lines come from (`logs`),
 * when it bans (`limits`), whom it spares (`ignore`), what it does (`actions`).
 */
export type JailPart = 'filter' | 'logs' | 'limits' | 'ignore' | 'actions';

/** The settings by part, as they work: a default that somebody writes out is no change. */
const parts: ReadonlyMap<JailPart, (jail: JailSettings) => unknown> = new Map<
  JailPart,
  (jail: JailSettings) => unknown
>([
  ['filter', ({ filter: { journalmatch: _, maxlines, ...filter } }) => ({ ...filter, maxlines: maxlines?.value ?? 1 })],
  [
    'logs',
    // Which files a pattern names today is no setting.
    ({ backend, logpaths, filter }) => [
      backend,
      logpaths.map(({ pattern, from }) => [pattern, from]),
      filter.journalmatch,
    ],
  ],
  [
    'limits',
    ({ maxretry, maxmatches, findtime, bantime, growth }) => [
      maxretry?.value ?? jailDefaults.maxretry,
      maxmatches?.value ?? jailDefaults.maxmatches,
      findtime?.seconds ?? jailDefaults.findtime,
      bantime?.seconds ?? jailDefaults.bantime,
      growth,
    ],
  ],
  [
    'ignore',
    ({ ignoreself, ignoreip, ignorecommand, ignorecache }) => [
      ignoreself?.value ?? true,
      ignoreip,
      ignorecommand?.value ?? '',
      ignorecache,
    ],
  ],
  [
    'actions',
    ({ actions, simulate }) => [
      simulate,
      ...actions.map(({ python, ...action }) => [action, python && [python.path, Object.entries(python.args)]]),
    ],
  ],
]);

/**
 * What differs between two settings of a jail, places in files aside: moving a line from `jail.conf` to `jail.local` changes nothing.
 *
 * @returns the parts that differ; none: the jail can stay as it is
 */
export function changedParts(before: JailSettings, after: JailSettings): JailPart[] {
  const changed: JailPart[] = [];
  for (const [part, of] of parts) if (canonical(of(before)) !== canonical(of(after))) changed.push(part);
  return changed;
}

/** Whether two settings of a jail work the same. */
export function sameJail(a: JailSettings, b: JailSettings): boolean {
  return a.name === b.name && changedParts(a, b).length === 0;
}

/** A value as text, without places. Functions leave none: a formula is its text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) =>
    key === 'origin' ? undefined : part instanceof Map ? [...part] : part,
  );
}
