import type { ServerSettings } from '../settings.js';

/** The file that f2b's own words go to; undefined: they go elsewhere. */
export function ownLogOf({ logtarget }: ServerSettings): string | undefined {
  const path = logtarget.value.replace(/\[.*$/s, '').trim();
  return path.startsWith('/') ? path : undefined;
}
