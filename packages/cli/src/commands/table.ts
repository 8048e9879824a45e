import type { Command } from './command.js';

/** Command name to the file that runs it. Loaded one at a time: `f2b ping` must not pay for `f2b start`. */
export const commands: ReadonlyMap<string, () => Promise<{ readonly command: Command }>> = new Map([
  ['start', () => import('./start.js')],
  ['stop', () => import('./stop.js')],
  ['status', () => import('./status.js')],
  ['ping', () => import('./ping.js')],
  ['version', () => import('./version.js')],
  ['regex', () => import('./regex.js')],
  ['bench', () => import('./bench.js')],
  ['explain', () => import('./explain.js')],
  ['config', () => import('./config.js')],
  ['watch', () => import('./watch.js')],
  ['flushlogs', () => import('./flushlogs.js')],
]);
