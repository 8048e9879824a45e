import { median } from 'f2b';

/** One way to do a job, timed. */
export interface Way {
  readonly name: string;
  /** Does the whole job once. @returns what it found, to be compared with the other ways */
  run(): number;
}

export interface WayFigure {
  readonly name: string;
  /** Of one run. */
  readonly seconds: number;
  readonly found: number;
}

const leastSeconds = 0.05;
const passes = 5;

/**
 * Times several ways in turns, warm; the median of each.
 * @throws Error when they do not find the same: they would not have done the same job
 */
export function timeWays(ways: readonly Way[]): WayFigure[] {
  const times = ways.map((): number[] => []);
  const found = ways.map((way) => way.run());
  const other = ways.find((_, index) => found[index] !== found[0]);
  if (other) throw new Error(`${other.name} found ${found[ways.indexOf(other)]}, ${ways[0]!.name} ${found[0]}`);
  for (let pass = 0; pass < passes; pass++) {
    for (const [index, way] of ways.entries()) {
      const began = performance.now();
      let runs = 0;
      let seconds = 0;
      do {
        way.run();
        runs++;
        seconds = (performance.now() - began) / 1000;
      } while (seconds < leastSeconds);
      times[index]!.push(seconds / runs);
    }
  }
  return ways.map(({ name }, index) => ({ name, seconds: median(times[index]!), found: found[index]! }));
}
