import { posix } from 'node:path';
import { ConfigError } from '../errors.js';
import { type ConfigSet, type Library, safeFileName } from '../library/library.js';
import { pythonRepr } from '../render/python.js';
import { type ActionCommandName, type ActionSettings, actionCommandNames } from '../settings.js';
import { originOf, type Traced, traced } from '../syntax/traced.js';
import { parseBoolean } from '../values/boolean.js';
import { parseSpec, type Spec, SpecError, specError } from '../values/spec.js';
import { type ActionTexts, rememberedTexts, type TextsMemo } from './action-memo.js';
import { type Lookup, resolveDefinition } from './definition.js';
import { jailOptionTypes } from './jail-options.js';
import { nearestFile } from './nearest-file.js';

/** Tags whose values come from logs or from the ticket: fail2ban leaves them for run time. */
const runtimeTags: ReadonlySet<string> = new Set(['matches', 'ipmatches', 'ipjailmatches', 'timeout', 'bantime']);
const jailOptionNames: ReadonlySet<string> = new Set(Object.keys(jailOptionTypes));
const memo: TextsMemo<ActionCommandName> = new WeakMap();
const wanted: ReadonlySet<string> = new Set(actionCommandNames);
const noneShadowed: ReadonlySet<string> = new Set();
const booleanCommands: ReadonlySet<string> = new Set(['actionstart_on_demand', 'actionrepair_on_unban', 'norestored']);

export interface ActionContext {
  readonly library: Library;
  readonly jail: string;
  /** Every option of the jail that was read, as text. */
  readonly jailOptions: Lookup;
  readonly builtinActions: ReadonlySet<string>;
}

/** An element of a jail's `action` list whose files were found; its tags are not resolved yet. */
export interface FoundAction {
  resolve(): ResolvedAction;
}

export interface ResolvedAction {
  readonly settings: ActionSettings;
  /** The action's files have no `[Definition]`. */
  readonly bare: boolean;
}

/**
 * Finds the files of one element of a jail's `action` list. Resolving is a second step, since fail2ban names the first
 * action that it cannot read before it looks into any of them.
 *
 * @throws ConfigError `F2B_CONFIG_SPEC`, `F2B_CONFIG_NO_ACTION`; `resolve` throws those of resolving
 */
export function findAction(context: ActionContext, text: Traced): FoundAction {
  let spec: Spec;
  try {
    spec = parseSpec(text);
  } catch (error) {
    if (error instanceof SpecError) throw specError('action', text, error, pythonRepr(text.text));
    throw error;
  }
  if (spec.name.endsWith('.py'))
    return { resolve: () => ({ settings: pythonAction(context, spec, text), bare: false }) };
  const set = findFile(context.library, spec.name);
  if (!set && !context.builtinActions.has(spec.name)) {
    throw new ConfigError(
      'F2B_CONFIG_NO_ACTION',
      `Unable to read action ${pythonRepr(spec.name)}`,
      originOf(text),
      `${nearestFile(context.library.store, 'action.d', spec.name)}Write the name of a file in action.d without its ending, or a built-in action (${[...context.builtinActions].join(', ')}).`,
      { definition: true },
    );
  }
  return { resolve: () => resolveAction(context, spec, set, text) };
}

function resolveAction(context: ActionContext, spec: Spec, set: ConfigSet | undefined, text: Traced): ResolvedAction {
  const args = new Map(spec.args);
  if (!args.has('name')) args.set('name', traced(context.jail, undefined));
  if (!args.has('actname')) args.set('actname', traced(actionName(spec, context.jail), undefined));
  const name = args.get('actname')!.text;
  if (!set) {
    const params = [...args].map(([key, value]) => [key, value.text] as const);
    const common = { builtin: true, python: undefined, commands: new Map(), params };
    return { settings: { name, file: spec.name, ...common, origin: originOf(text) }, bare: false };
  }
  const texts = context.library.thorough
    ? readTexts(context, set, args)
    : rememberedTexts(memo, set, args, (some, lookedBeyond) => readTexts(context, set, some, lookedBeyond));
  const commands = new Map<ActionCommandName, string | boolean>();
  for (const [key, value] of texts.commands) commands.set(key, booleanCommands.has(key) ? parseBoolean(value) : value);
  const { params, missing } = texts;
  const common = { builtin: false, python: undefined, commands, params };
  return { settings: { name, file: spec.name, ...common, origin: originOf(text) }, bare: missing };
}

/** What the action's files say to these arguments, values still text. */
function readTexts(
  context: ActionContext,
  set: ConfigSet,
  args: ReadonlyMap<string, Traced>,
  lookedBeyond?: () => void,
): ActionTexts<ActionCommandName> {
  const definition = resolveDefinition({
    tree: set.tree,
    names: actionCommandNames,
    args,
    jailOptions: context.jailOptions,
    shadowed: noneShadowed,
    all: false,
    ignored: runtimeTags,
    ...(lookedBeyond ? { beyondArguments: { names: jailOptionNames, lookedBeyond } } : {}),
  });
  if (context.library.thorough) definition.substitute(undefined);
  const commands: [ActionCommandName, string][] = [];
  for (const [key, value] of definition.substitute(wanted)) commands.push([key as ActionCommandName, value.text]);
  const params: [string, string][] = [];
  for (const [key, value] of definition.parameters) {
    if (!wanted.has(key) && !key.startsWith('known/')) params.push([key, value.text]);
  }
  return { commands, params, missing: definition.missing };
}

/** The article that f2b grew from keeps its actions in `actions.d`; fail2ban only knows `action.d`, which goes first. */
function findFile(library: Library, name: string): ConfigSet | undefined {
  if (!safeFileName(name)) return undefined;
  return library.read(`action.d/${name}`) ?? library.read(`actions.d/${name}`);
}

/** fail2ban's rule: the file's name, and where `name` was given, what it adds to the jail's name. */
function actionName(spec: Spec, jail: string): string {
  const name = spec.args.get('name')?.text;
  if (name === undefined) return spec.name;
  return spec.name + (name.startsWith(jail) ? name.slice(jail.length) : `-${name}`);
}

function pythonAction(context: ActionContext, spec: Spec, text: Traced): ActionSettings {
  const args: Record<string, string> = Object.create(null);
  for (const [key, value] of spec.args) if (key !== 'actname') args[key] = value.text;
  return {
    name: spec.args.get('actname')?.text ?? spec.name.slice(0, -'.py'.length),
    file: spec.name,
    builtin: false,
    python: { path: posix.join(context.library.store.directory, 'action.d', spec.name), args },
    commands: new Map(),
    params: [],
    origin: originOf(text),
  };
}
