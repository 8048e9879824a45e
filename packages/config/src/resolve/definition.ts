import { type InterpolationContext, interpolate, interpolateText } from '../interpolate/percent.js';
import { substituteTags } from '../interpolate/tags.js';
import type { MergedTree } from '../merge/tree.js';
import type { Traced } from '../syntax/traced.js';

/** A filter or an action to be resolved: what its files say, and what the jail says about it. */
export interface DefinitionInput {
  readonly tree: MergedTree;
  /** The options that have a meaning of their own, in fail2ban's order. */
  readonly names: readonly string[];
  /** Bracket arguments, and what counts as such. Names keep their case. */
  readonly args: ReadonlyMap<string, Traced>;
  /** Options of the jail that `%(name)s` and `<name>` find. */
  readonly jailOptions: ReadonlyMap<string, Traced>;
  /** Options that the jail sets itself, readable or not: these take the place of the ones in `[Definition]`. */
  readonly shadowed: ReadonlySet<string>;
  /**
   * Take in every option of `[Definition]`, not only `names`, and by fail2ban's rule in the eyes of the file alone: `%(x)s`
   * in these finds neither arguments nor the jail.
   */
  readonly all: boolean;
  /** Tags that wait for run time. */
  readonly ignored: ReadonlySet<string>;
  /** What tags were found to stand for, where that is to be kept from one reading to the next. */
  readonly found?: Map<string, Traced | undefined>;
}

/** A filter or an action, resolved. */
export interface Definition {
  /** All options after tag substitution: those of `[Definition]` first, then `parameters`. */
  readonly combined: ReadonlyMap<string, Traced>;
  /** Bracket arguments, then the options of `[Init]`; tags not substituted. */
  readonly parameters: ReadonlyMap<string, Traced>;
  readonly missing: boolean;
}

const CONDITIONAL_OPTION = /^(\w+)(\?.+)$/s;

/**
 * Resolves the options of a filter or an action file in fail2ban's order of precedence: bracket arguments, `[Init]`,
 * `[Definition]`, `[DEFAULT]`.
 *
 * @throws ConfigError where a reference cannot be resolved
 */
export function resolveDefinition(input: DefinitionInput): Definition {
  const { tree, args } = input;
  const vars = new Map(input.jailOptions);
  for (const [name, value] of args) vars.set(name.toLowerCase(), value);
  const context: InterpolationContext = { tree, section: 'Definition', vars };
  const own = tree.sections.get('Definition');

  const options = new Map<string, Traced>();
  if (own) {
    for (const name of input.names) {
      if (args.has(name) || input.shadowed.has(name)) continue;
      const entry = tree.find('Definition', name);
      if (entry) options.set(name, interpolate(context, name, entry));
    }
  }
  const parameters = new Map(args);
  addInit(tree, args, parameters);
  if (own && input.all) {
    const bare: InterpolationContext = { tree, section: 'Definition' };
    for (const [name, entry] of own) if (!options.has(name)) options.set(name, interpolate(bare, name, entry));
  }

  const combined = new Map(options);
  for (const name of parameters.keys()) combined.delete(name);
  for (const [name, value] of parameters) combined.set(name, value);
  const ignored = new Set(input.ignored);
  for (const name of combined.keys()) {
    const base = name.includes('?') ? CONDITIONAL_OPTION.exec(name)?.[1] : undefined;
    if (base !== undefined) ignored.add(base);
  }
  const cache = input.found ?? new Map<string, Traced | undefined>();
  const find = (tag: string): Traced | undefined => {
    if (!cache.has(tag)) cache.set(tag, findTag(context, tag));
    return cache.get(tag);
  };
  return { combined: substituteTags(combined, ignored, find), parameters, missing: !own };
}

/** `[Init]`: each option is a parameter unless an argument of that name is given, and `known/NAME` in any case. */
function addInit(tree: MergedTree, args: ReadonlyMap<string, Traced>, parameters: Map<string, Traced>): void {
  const init = tree.sections.get('Init');
  if (!init) return;
  const context: InterpolationContext = { tree, section: 'Init' };
  for (const [name, entry] of init) {
    const value = interpolate(context, name, entry);
    parameters.set(`known/${name}`, value);
    if (parameters.has(name)) continue;
    // An unconditional argument also stands for each family, unless that family's own one is given (fail2ban 1.1).
    const base = name.includes('?') ? CONDITIONAL_OPTION.exec(name)?.[1] : undefined;
    parameters.set(name, (base !== undefined ? args.get(base) : undefined) ?? value);
  }
}

/** What a tag stands for that is none of the combined options: an option of `[Definition]`, or `section/option`. */
function findTag(context: InterpolationContext, tag: string): Traced | undefined {
  const { tree, vars } = context;
  const slash = tag.indexOf('/');
  if (slash > 0) {
    const section = tag.slice(0, slash);
    const option = tag.slice(slash + 1).toLowerCase();
    if (section.toLowerCase() === 'known') {
      const entry = tree.known('Definition', option) ?? tree.find('Definition', option);
      if (entry) return interpolate({ tree, section: 'Definition' }, option, entry);
    } else if (tree.sections.has(section)) {
      const entry = tree.find(section, option);
      if (entry) return interpolate({ tree, section }, option, entry);
    }
  }
  const name = tag.toLowerCase();
  if (!tree.sections.has('Definition')) return undefined;
  const given = vars?.get(name);
  if (given) return interpolateText(context, name, given);
  const entry = tree.find('Definition', name);
  return entry && interpolate(context, name, entry);
}
