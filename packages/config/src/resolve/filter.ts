import { ConfigError } from '../errors.js';
import { type Library, safeFileName } from '../library/library.js';
import { pythonRepr } from '../render/python.js';
import { type FilterOptionName, filterOptionNames, type Origin } from '../settings.js';
import { type Traced, traced } from '../syntax/traced.js';
import type { Spec } from '../values/spec.js';
import { type Lookup, resolveDefinition } from './definition.js';
import { nearestFile } from './nearest-file.js';

/** A filter file, resolved with its arguments. */
export interface ResolvedFilter {
  /** The options that reach the server and that the filter sets, in its own order. */
  readonly options: ReadonlyMap<FilterOptionName, Traced>;
}

/** fail2ban reads these of a file, in this order. */
const definitionOrder = ['usedns', 'prefregex', 'maxlines', 'ignoreregex', 'failregex', 'datepattern', 'journalmatch'];
const wanted: ReadonlySet<string> = new Set(filterOptionNames);
const nothing: ReadonlySet<string> = new Set();

/** A filter that was read once, with what is known of the jail before its own options are. */
export interface FilterReading {
  /** An option that the filter defines, final text: what `%(known/NAME)s` in the jail finds. */
  variable(name: string): Traced | undefined;
  /**
   * Reads the filter again, now knowing all options of the jail (these take the place of the ones in `[Definition]`) and
   * what `[Init]` says.
   */
  finish(jailOptions: Lookup, shadowed: Pick<ReadonlySet<string>, 'has'>): ResolvedFilter;
}

/**
 * fail2ban reads a filter twice: once knowing only `enabled`, `backend` and `filter` of the jail, so that the jail can
 * refer to it by `%(known/x)s`, and again knowing all of the jail. What the first reading cannot resolve is an error.
 *
 * @param jailOptions `enabled`, `backend` and `filter` of the jail
 * @param advice what to do when there is no such filter
 * @throws ConfigError `F2B_CONFIG_NO_FILTER` and those of resolving
 */
export function readFilter(
  library: Library,
  spec: Spec,
  origin: Origin | undefined,
  backend: string,
  jailOptions: Lookup,
  advice = 'Write the name of a file in filter.d, without its ending.',
): FilterReading {
  const set = safeFileName(spec.name) ? library.read(`filter.d/${spec.name}`) : undefined;
  if (!set) {
    throw new ConfigError(
      'F2B_CONFIG_NO_FILTER',
      `Unable to read the filter ${pythonRepr(spec.name)}`,
      origin,
      `${nearestFile(library.store, 'filter.d', spec.name)}${advice}`,
      { definition: true },
    );
  }
  const args = new Map(spec.args);
  if (!args.has('logtype') && !set.tree.sections.get('Definition')?.has('logtype')) {
    args.set('logtype', traced(backend.startsWith('systemd') ? 'journal' : 'file', undefined));
  }
  const common = { tree: set.tree, names: definitionOrder, ignored: nothing };
  const first = resolveDefinition({ ...common, all: true, args, jailOptions, shadowed: nothing });
  if (library.thorough) first.substitute(undefined);
  return {
    variable: (name) => (first.combined.has(name) ? first.substitute(new Set([name])).get(name) : undefined),
    finish(all, shadowed) {
      const second = resolveDefinition({ ...common, all: false, args: first.parameters, jailOptions: all, shadowed });
      // fail2ban remembers what a tag stood for in the first reading, unless it was an option of the file then.
      const find = (tag: string): Traced | undefined =>
        first.combined.has(tag) ? second.find(tag) : (first.find(tag) ?? second.find(tag));
      if (library.thorough) second.substitute(undefined, find);
      return { options: second.substitute(wanted, find) as Map<FilterOptionName, Traced> };
    },
  };
}
