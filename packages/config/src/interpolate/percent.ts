import { ConfigError } from '../errors.js';
import type { MergedEntry, MergedTree } from '../merge/tree.js';
import type { Origin } from '../settings.js';
import { concat, originAt, originOf, slice, type Traced, traced } from '../syntax/traced.js';

/** Where a value is looked at from: the section decides what `%(name)s` finds. */
export interface InterpolationContext {
  readonly tree: MergedTree;
  readonly section: string;
  /** Bracket arguments, options of the jail: found before anything in the tree. Names lower-cased. */
  readonly vars?: { get(name: string): Traced | undefined };
  /** In a jail, what `%(known/x)s` finds first: the filter's resolved options, already final text. */
  readonly known?: (option: string) => Traced | undefined;
  /** The text is one of an earlier layer: `%(name)s` means first what the option was before the last file that set it. */
  readonly earlier?: boolean;
}

/** fail2ban's limit: a reference may stand in a reference ten times. */
const maxDepth = 10;
/** No sensible value is longer; a chain of doubling references would pass any memory. */
export const maxValueCharacters = 512 * 1024;
/** References resolved for one value. */
const maxReferences = 20_000;

interface Run {
  readonly context: InterpolationContext;
  readonly option: string;
  readonly at: Origin | undefined;
  references: number;
  characters: number;
}

/**
 * Resolves `%(name)s`, `%(section/name)s`, `%(known/name)s`, `%(default/name)s` and `%%` in an option's value, in the eyes
 * of the context's section (also for text that comes from another section).
 *
 * fail2ban's rule for `known`: what this option said before the last file that set it. fail2ban keeps one such step and
 * loses itself in a loop where two files use it; here each file's `known` means the layer below that file.
 *
 * @throws ConfigError at the place of the reference: unknown name, a lone `%`, more than ten levels, a value that grows
 *   past all bounds
 */
export function interpolate(context: InterpolationContext, option: string, entry: MergedEntry): Traced {
  if (!entry.value.text.includes('%')) return entry.value;
  const run: Run = { context, option, at: entry.origin, references: 0, characters: 0 };
  const parts: Traced[] = [];
  expand(run, entry.value, entry, 1, parts);
  return concat(parts);
}

/** As `interpolate`, for text that is no option of the tree (a bracket argument). */
export function interpolateText(context: InterpolationContext, option: string, value: Traced): Traced {
  return interpolate(context, option, {
    key: option,
    written: option,
    value,
    origin: originOf(value),
    overrode: undefined,
  });
}

function expand(run: Run, value: Traced, layer: MergedEntry | undefined, depth: number, parts: Traced[]): void {
  const text = value.text;
  if (depth > maxDepth) {
    throw new ConfigError(
      'F2B_CONFIG_TOO_DEEP',
      `'${run.option}' refers to itself, or through more than ${maxDepth} other options.`,
      run.at,
      'Break the circle of %(...)s references.',
    );
  }
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
    if (at > from) push(run, parts, slice(value, from, at));
    const next = text[at + 1];
    if (next === '%') {
      push(run, parts, slice(value, at, at + 1));
      from = at + 2;
      continue;
    }
    if (next !== '(') throw lonePercent(run, text, at, originAt(value, at));
    const close = text.indexOf(')', at + 2);
    if (close <= at + 2 || text[close + 1] !== 's') {
      throw new ConfigError(
        'F2B_CONFIG_PERCENT',
        `'${excerpt(text, at)}' begins a reference that is not written %(name)s.`,
        originAt(value, at),
        'Write %(name)s, or %% for a percent sign.',
      );
    }
    resolve(run, text.slice(at + 2, close), { value, at }, layer, depth, parts);
    from = close + 2;
  }
  if (from < text.length) push(run, parts, from === 0 ? value : slice(value, from, text.length));
}

function resolve(
  run: Run,
  name: string,
  place: { readonly value: Traced; readonly at: number },
  layer: MergedEntry | undefined,
  depth: number,
  parts: Traced[],
): void {
  if (++run.references > maxReferences) throw tooLarge(run);
  const found = lookUp(run.context, name, layer);
  if (!found) {
    throw new ConfigError(
      'F2B_CONFIG_UNKNOWN_REFERENCE',
      `'${run.option}' in [${run.context.section}] refers to %(${name})s, which is not set.`,
      originAt(place.value, place.at),
      'Set it in this section or in [DEFAULT], mend the name, or write %% for a percent sign.',
    );
  }
  if (!found.literal && found.value.text.includes('%')) expand(run, found.value, found.layer, depth + 1, parts);
  else push(run, parts, found.value);
}

interface Found {
  readonly value: Traced;
  readonly layer: MergedEntry | undefined;
  /** Final text: a `%` in it means itself. */
  readonly literal?: boolean;
}

function lookUp(context: InterpolationContext, written: string, layer: MergedEntry | undefined): Found | undefined {
  const { tree, section, vars } = context;
  const name = written.toLowerCase();
  const given = vars?.get(name);
  if (given) return { value: given, layer: undefined };
  const entry = (context.earlier && tree.known(section, name)) || tree.find(section, name);
  if (entry) return { value: entry.value, layer: entry };
  if (name === '__name__') return { value: traced(section, undefined), layer: undefined };
  const slash = written.indexOf('/');
  if (slash < 0) return undefined;
  return lookUpInSection(context, written.slice(0, slash), written.slice(slash + 1).toLowerCase(), layer);
}

function lookUpInSection(
  context: InterpolationContext,
  wanted: string,
  option: string,
  layer: MergedEntry | undefined,
): Found | undefined {
  const { tree, section, known } = context;
  const lower = wanted.toLowerCase();
  let entry: MergedEntry | undefined;
  if (lower === 'known') {
    const filters = known?.(option);
    if (filters) return { value: filters, layer: undefined, literal: true };
    entry = layer && isLayerOf(context, option, layer) ? layer.overrode : tree.known(section, option);
    entry ??= tree.defaults.get(option);
    if (entry === layer) entry = entry?.overrode;
  } else if (lower === 'default') {
    entry = tree.defaults.get(option);
  } else if (tree.sections.has(wanted)) {
    entry = tree.find(wanted, option);
  }
  return entry && { value: entry.value, layer: entry };
}

/** Whether a text is one of the layers of the option as this section sees it. */
function isLayerOf({ tree, section }: InterpolationContext, option: string, layer: MergedEntry): boolean {
  if (layer.key !== option) return false;
  for (let own = tree.find(section, option); own; own = own.overrode) if (own === layer) return true;
  return false;
}

function push(run: Run, parts: Traced[], part: Traced): void {
  run.characters += part.text.length;
  if (run.characters > maxValueCharacters) throw tooLarge(run);
  parts.push(part);
}

function tooLarge(run: Run): ConfigError {
  return new ConfigError(
    'F2B_CONFIG_TOO_LARGE',
    `the references in '${run.option}' unfold to more than ${maxValueCharacters} characters.`,
    run.at,
    'Look for options that refer to each other more than once.',
  );
}

function lonePercent(run: Run, text: string, at: number, origin: Origin | undefined): ConfigError {
  return new ConfigError(
    'F2B_CONFIG_PERCENT',
    `'${run.option}' holds a lone % ('${excerpt(text, at)}').`,
    origin,
    'Double it: %% stands for a percent sign.',
  );
}

function excerpt(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(at, Math.min(end < 0 ? text.length : end, at + 20));
}
