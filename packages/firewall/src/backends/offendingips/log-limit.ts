const unitSeconds = { day: 86_400, hour: 3_600, min: 60, sec: 1 } as const;
type Unit = keyof typeof unitSeconds;
const units = Object.keys(unitSeconds) as readonly Unit[];
/** The kernel counts a rate as a period, in parts of a second. */
const partsPerSecond = 10_000;

/**
 * A rate of `-m limit` (`90/minute`) as `iptables-save` prints it back, so that a rule can be compared with its listing: the
 * kernel keeps the time between two packets, and the smallest unit is printed that gives a whole enough number.
 */
export function listedRate(rate: string): string {
  const [count, name = 'second'] = rate.split('/');
  const unit = units.find((short) => name.startsWith(short)) ?? 'sec';
  const period = Math.floor((partsPerSecond * unitSeconds[unit]) / Number(count));
  let listed: Unit = 'day';
  for (const smaller of units.slice(1)) {
    const parts = partsPerSecond * unitSeconds[smaller];
    if (period > parts || Math.floor(parts / period) < parts % period) break;
    listed = smaller;
  }
  return `${Math.floor((partsPerSecond * unitSeconds[listed]) / period)}/${listed}`;
}
