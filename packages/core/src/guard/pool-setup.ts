import type { Settings } from '@f2b/config';
import type { PoolOptions } from '@f2b/matcher';
import type { Reporter } from '../telling/reporter.js';

/** The guard's own pool, as the settings want it. */
export function poolOptions(
  { settings, warmWorkers = true }: { readonly settings: Settings; readonly warmWorkers?: boolean },
  reporter: Reporter,
): PoolOptions {
  const { workers, maxLineBytes } = settings.own;
  const idle = warmWorkers ? { idle: Number.POSITIVE_INFINITY } : {};
  const onTrouble: PoolOptions['onTrouble'] = ({ message: what }) =>
    reporter.problem({ code: 'F2B_SCAN', what, level: 'WARNING' });
  return { maxLineBytes, onTrouble, ...idle, ...(workers === undefined ? {} : { workers }) };
}
