// What a soak has shown, in words.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** @param {readonly number[]} values @param {number} share */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/**
 * @typedef {{ second: number, resident: number | undefined, cpu: number | undefined, waited: number | undefined, lag: number, banned: number | undefined }} Sample
 */

/**
 * Memory when it was warm and nothing had befallen it, and at the end.
 * @param {readonly Sample[]} samples
 */
export function memory(samples) {
  const last = samples.at(-1)?.second ?? 0;
  const between = (from, to) =>
    median(samples.flatMap(({ second, resident }) => (second >= from && second <= to && resident ? [resident] : []))) ??
    0;
  const window = Math.max(5, last / 20);
  return {
    start: between(window, window * 2),
    end: between(last - window, last),
    peak: Math.max(...samples.map(({ resident }) => resident ?? 0)),
  };
}

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
