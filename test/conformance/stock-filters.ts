/** The installed fail2ban's filters, read by f2b's own configuration reader. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FilterSettings, memoryEdge, readSettings } from '@f2b/config';
import type { Installation } from './installation.js';

/** Options in a filter's brackets: `{ mode: 'ddos' }`. */
export type FilterOptions = Readonly<Record<string, string>>;

/** Names of the stock filters, those that others only include left out. */
export function stockFilterNames({ filters }: Installation): string[] {
  return readdirSync(filters)
    .filter((file) => file.endsWith('.conf') && !/-?common\.conf$/.test(file))
    .map((file) => file.slice(0, -'.conf'.length))
    .sort();
}

/** Deep enough for the test filters, which climb seven directories to find the stock filters that they include. */
const directory = '/1/2/3/4/5/6/config';
const climbed = '/1/config/filter.d';

const trees = new Map<string, Readonly<Record<string, Buffer>>>();

/** Stock filters, the test filters laid over them. */
function filterFiles({ filters, testFilters }: Installation): Readonly<Record<string, Buffer>> {
  const known = trees.get(filters);
  if (known !== undefined) return known;
  const files: Record<string, Buffer> = {};
  const load = (from: string, to: string) => {
    for (const name of readdirSync(from)) {
      if (/\.(?:conf|local)$/.test(name)) files[`${to}/${name}`] = readFileSync(join(from, name));
    }
  };
  load(filters, climbed);
  load(filters, `${directory}/filter.d`);
  load(testFilters, `${directory}/filter.d`);
  trees.set(filters, files);
  return files;
}

/**
 * Reads one filter with options, as a jail that names it would get it.
 * @throws Error when it cannot be read
 */
export function readFilter(installation: Installation, name: string, options: FilterOptions = {}): FilterSettings {
  const args = Object.entries(options).map(([key, value]) => `${key}="${value}"`);
  const spec = args.length === 0 ? name : `${name}[${args.join(', ')}]`;
  const fs = memoryEdge({
    ...filterFiles(installation),
    [`${directory}/fail2ban.conf`]: '[Definition]\n',
    [`${directory}/jail.conf`]: `[conformance]\nenabled = true\nbackend = polling\nlogpath = /x\nfilter = ${spec}\n`,
  });
  const { jails, findings } = readSettings({ directory, fs, allowMissingLogs: true });
  const [only] = jails;
  if (only === undefined) throw new Error(`${spec}: ${findings.map(({ what }) => what).join('; ')}`);
  return only.filter;
}
