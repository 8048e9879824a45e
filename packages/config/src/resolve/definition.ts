import { type InterpolationContext, interpolate, interpolateText } from '../interpolate/percent.js';
import { substituteTags } from '../interpolate/tags.js';
import type { MergedTree } from '../merge/tree.js';
import type { Traced } from '../syntax/traced.js';
import { isMadeOfArgument } from './action-memo.js';

/** Options by name. */
export interface Lookup {
  get(name: string): Traced | undefined;
}

/** A filter or an action to be resolved: what its files say, and what the jail says about it. */
export interface DefinitionInput {
  readonly tree: MergedTree;
  /** The options that have a meaning of their own, in fail2ban's order. */
  readonly names: readonly string[];
  /** Bracket arguments, and what counts as such. Names keep their case. */
  readonly args: ReadonlyMap<string, Traced>;
  /** Options of the jail that `%(name)s` and `<name>` find. */
  readonly jailOptions: Lookup;
  /** Options that the jail sets itself, readable or not: these take the place of the ones in `[Definition]`. */
  readonly shadowed: Pick<ReadonlySet<string>, 'has'>;
  /**
   * Take in every option of `[Definition]`, not only `names`, and by fail2ban's rule in the eyes of the file alone: `%(x)s`
   * in these finds neither arguments nor the jail.
   */
  readonly all: boolean;
  /** Tags that wait for run time. */
  readonly ignored: ReadonlySet<string>;
  /** Told of each look at what is no argument: an option of the jail, or a name put together from an argument's value. */
  readonly beyondArguments?: BeyondArguments;
}

export interface BeyondArguments {
  /** Names that the jail may know. */
  readonly names: ReadonlySet<string>;
  lookedBeyond(): void;
}

/** What is found before anything in the tree: arguments, then options of the jail. Two layers, since copying one takes longer. */
class Vars {
  readonly #args = new Map<string, Traced>();
  readonly #jailOptions: Lookup;
  readonly #beyondArguments: BeyondArguments | undefined;

  constructor({ args, jailOptions, beyondArguments }: DefinitionInput) {
    for (const [name, value] of args) this.#args.set(name.toLowerCase(), value);
    this.#jailOptions = jailOptions;
    this.#beyondArguments = beyondArguments;
  }

  get(name: string): Traced | undefined {
    const given = this.#args.get(name);
    if (given) return given;
    if (this.#beyondArguments?.names.has(name)) this.#beyondArguments.lookedBeyond();
    return this.#jailOptions.get(name);
  }
}

/** What a filter or an action says, its tags not yet substituted. */
export interface Definition {
  /** All options: those of `[Definition]` first, then `parameters`. */
  readonly combined: ReadonlyMap<string, Traced>;
  /** Bracket arguments, then the options of `[Init]`. */
  readonly parameters: ReadonlyMap<string, Traced>;
  /** The files have no `[Definition]`. */
  readonly missing: boolean;
  /** What a tag stands for that names none of the combined options. */
  find(tag: string): Traced | undefined;
  /**
   * The values of some of the options (undefined: of all) with their tags substituted, in the order of `combined`.
   *
   * @throws ConfigError where a tag refers to itself or unfolds past all bounds
   */
  substitute(names: ReadonlySet<string> | undefined, find?: (tag: string) => Traced | undefined): Map<string, Traced>;
}

const conditionalOption = /^(\w+)(\?.+)$/s;

/**
 * Resolves the options of a filter or an action file in fail2ban's order of precedence: bracket arguments, `[Init]`,
 * `[Definition]`, `[DEFAULT]`.
 *
 * @throws ConfigError where a reference cannot be resolved
 */
export function resolveDefinition(input: DefinitionInput): Definition {
  const { tree, args, beyondArguments } = input;
  const vars = new Vars(input);
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

  const combined = options;
  for (const [name, value] of parameters) {
    combined.delete(name);
    combined.set(name, value);
  }
  let ignored = input.ignored;
  let more: Set<string> | undefined;
  for (const name of combined.keys()) {
    const base = name.includes('?') ? conditionalOption.exec(name)?.[1] : undefined;
    if (base === undefined) continue;
    more ??= new Set(input.ignored);
    more.add(base);
    ignored = more;
  }
  const find = (tag: string): Traced | undefined => {
    if (beyondArguments && isMadeOfArgument(tag)) beyondArguments.lookedBeyond();
    return findTag(context, tag);
  };
  return {
    combined,
    parameters,
    missing: !own,
    find,
    substitute: (names, otherFind) => substituteTags(combined, names, ignored, otherFind ?? find),
  };
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
    const base = name.includes('?') ? conditionalOption.exec(name)?.[1] : undefined;
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
      if (!tree.sections.has('Definition')) return undefined;
      const earlier = tree.known('Definition', option);
      const entry = earlier ?? tree.find('Definition', option);
      if (entry) return interpolate({ tree, section: 'Definition', earlier: earlier !== undefined }, option, entry);
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
