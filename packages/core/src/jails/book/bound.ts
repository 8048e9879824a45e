/**
 * Keeps a map within its bound by taking out what was put in longest ago. A little more than needed goes at once: a map's
 * beginning is walked over its deleted entries, so giving up one entry at a time would cost more the larger the bound is.
 * @returns how many entries went
 */
export function dropOldest<K>(
  entries: { readonly size: number; keys(): Iterator<K>; delete(key: K): boolean },
  max: number,
  drop: (key: K) => void = (key) => entries.delete(key),
): number {
  if (entries.size <= max) return 0;
  const target = max < 1024 ? max : max - (max >> 6);
  const keys = entries.keys();
  let dropped = 0;
  for (let next = keys.next(); next.done !== true && entries.size > target; next = keys.next()) {
    drop(next.value);
    dropped++;
  }
  return dropped;
}
