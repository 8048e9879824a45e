import { ConfigError } from '../errors.js';
import { type FilterOptionName, filterOptionNames, type Origin } from '../settings.js';
import { type Traced, traced } from '../syntax/traced.js';
import type { Spec } from '../values/spec.js';
import { resolveDefinition } from './definition.js';
import { type Library, safeFileName } from './library.js';

/** A filter file, resolved with its arguments. */
export interface ResolvedFilter {
  /** The options that reach the server and that the filter sets, in its own order. */
  readonly options: ReadonlyMap<FilterOptionName, Traced>;
  /** Everything the filter defines, final text: what `%(known/x)s` in the jail finds. */
  readonly variables: ReadonlyMap<string, Traced>;
}

/** fail2ban reads these of a file in this order; `usedns` comes behind, like any other option of the file. */
const definitionOrder = ['prefregex', 'maxlines', 'ignoreregex', 'failregex', 'datepattern', 'journalmatch'];
const nothing: ReadonlySet<string> = new Set();

/**
 * @param jailOptions what is known of the jail when its filter is read: `enabled`, `backend`, `filter`
 * @throws ConfigError `F2B_CONFIG_NO_FILTER` (with a suggestion) and those of resolving
 */
export function resolveFilter(
  library: Library,
  spec: Spec,
  origin: Origin | undefined,
  backend: string,
  jailOptions: ReadonlyMap<string, Traced>,
): ResolvedFilter {
  const set = safeFileName(spec.name) ? library.read(`filter.d/${spec.name}`) : undefined;
  if (!set) {
    throw new ConfigError(
      'F2B_CONFIG_NO_FILTER',
      `Unable to read the filter '${spec.name}'`,
      origin,
      'Write the name of a file in filter.d, without its ending.',
      { definition: true },
    );
  }
  const args = new Map(spec.args);
  if (!args.has('logtype') && !set.tree.sections.get('Definition')?.has('logtype')) {
    args.set('logtype', traced(backend.startsWith('systemd') ? 'journal' : 'file', undefined));
  }
  const { combined } = resolveDefinition({
    tree: set.tree,
    names: definitionOrder,
    args,
    jailOptions,
    ignored: nothing,
  });
  const options = new Map<FilterOptionName, Traced>();
  for (const [name, value] of combined) if (isFilterOption(name)) options.set(name, value);
  return { options, variables: combined };
}

function isFilterOption(name: string): name is FilterOptionName {
  return (filterOptionNames as readonly string[]).includes(name);
}
