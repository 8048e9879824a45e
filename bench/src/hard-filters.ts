import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../hard', import.meta.url));

/** Between two stories of attack stand so many times as many other lines, where these are 2 % of a log. */
const otherLines = 49;

/** A filter of `bench/hard` with a log of its own, to be repeated. */
export interface HardFilter {
  /** Its name, and what the log is like. */
  readonly shown: string;
  readonly file: string;
  readonly text: readonly Buffer[];
}

/** Filters of the kinds that are hard to make fast, each on a log full of hits and on one with 2 %. */
export function hardFilters(): HardFilter[] {
  const names = readdirSync(directory).flatMap((file) => (file.endsWith('.conf') ? [file.slice(0, -5)] : []));
  return names.sort().flatMap((name) => {
    const read = (ending: string) => readFileSync(join(directory, name + ending), 'utf8');
    const stories = read('.hits').split('\n\n').map(linesOf);
    const file = join(directory, `${name}.conf`);
    return [
      { shown: `${name}, hits only`, file, text: stories.flat() },
      { shown: `${name}, 2 % hits`, file, text: scattered(stories, linesOf(read('.other'))) },
    ];
  });
}

function linesOf(text: string): Buffer[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(`${line}\n`));
}

/** Each story, with other lines behind it. */
function scattered(stories: readonly (readonly Buffer[])[], others: readonly Buffer[]): Buffer[] {
  let next = 0;
  return stories.flatMap((story) => [
    ...story,
    ...Array.from({ length: otherLines * story.length }, () => others[next++ % others.length]!),
  ]);
}
