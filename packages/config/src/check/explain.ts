import { jailDefaults } from '../defaults.js';
import { ConfigError, formatOrigin } from '../errors.js';
import { interpolate } from '../interpolate/percent.js';
import { layersOf, type MergedEntry, type MergedTree } from '../merge/tree.js';
import { resolveJail } from '../resolve/jail.js';
import {
  isEnabled,
  type JailContext,
  type JailOptionName,
  jailOptionTypes,
  readJailOptions,
} from '../resolve/jail-options.js';
import { jailContext, jailNames, openTree, type ReadOptions } from '../resolve/settings.js';
import { actionCommandNames, filterOptionNames, type JailSettings, type Origin } from '../settings.js';
import { originOf } from '../syntax/traced.js';
import type { Spec } from '../values/spec.js';

/** One place that set an option, with the text as it stands there. */
export interface SettingLayer {
  readonly text: string;
  readonly origin: Origin | undefined;
  /** `[sshd]`, `[DEFAULT]`, `filter.d/sshd [Definition]`, `argument`, `built-in`. */
  readonly where: string;
}

/** One setting of a jail: what it amounts to, who said so, and who was overruled. */
export interface ExplainedSetting {
  /** `maxretry`; `action/NAME/actionban` for what belongs to an action. */
  readonly key: string;
  /** The value after all references are resolved. */
  readonly value: string;
  /** The layer that holds first, then the ones that it overrode. */
  readonly layers: readonly SettingLayer[];
}

export interface JailExplanation {
  readonly jail: string;
  readonly enabled: boolean;
  readonly origin: Origin | undefined;
  readonly settings: readonly ExplainedSetting[];
  /** Why the jail cannot run, if it cannot. */
  readonly problem: string | undefined;
}

/** What holds where nothing in the tree says otherwise. */
const builtInDefaults: Readonly<Partial<Record<JailOptionName, string>>> = {
  enabled: 'false',
  backend: 'auto',
  maxretry: String(jailDefaults.maxretry),
  maxmatches: String(jailDefaults.maxmatches),
  findtime: String(jailDefaults.findtime),
  bantime: String(jailDefaults.bantime),
  usedns: 'warn',
  maxlines: '1',
  ignoreself: 'true',
  logencoding: 'auto',
};

/**
 * Explains one jail: each of its settings with the place that set it and the layers that this place overrode.
 *
 * @param options as for `readSettings`; `jail` names the jail, `key` keeps only that setting (any option name, an action's
 *   as `action/NAME/KEY` or just `KEY`)
 * @throws ConfigError `F2B_CONFIG_UNKNOWN_JAIL`, and those of `readSettings`
 */
export function explainJail(options: ReadOptions & { readonly jail: string; readonly key?: string }): JailExplanation {
  const context = jailContext(openTree(options), { ...options, allowMissingLogs: true });
  const name = jailNames(context, options.jail)[0]!;
  const settings: ExplainedSetting[] = [];
  let problem: string | undefined;
  let enabled = false;
  try {
    enabled = isEnabled(context, name);
    const { values, filterSpec } = readJailOptions(context, name);
    const { jail } = resolveJail(context, name);
    for (const option of Object.keys(jailOptionTypes) as JailOptionName[]) {
      const value = values.get(option);
      const layers = jailLayers(context.set.tree, name, option);
      if ((filterOptionNames as readonly string[]).includes(option)) {
        layers.push(...filterLayers(context, filterSpec, option));
        const text = filterText(jail, option);
        if (text !== undefined && layers.length > 0) settings.push({ key: option, value: text, layers });
        else if (builtInDefaults[option] !== undefined) settings.push(builtIn(option, layers));
      } else if (value) settings.push({ key: option, value: value.text, layers });
      else if (builtInDefaults[option] !== undefined) settings.push(builtIn(option, layers));
    }
    settings.push(...plainVariables(context.set.tree, name, options.key));
    settings.push(...actionSettings(context, jail));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problem = `${error.origin ? `${formatOrigin(error.origin)}: ` : ''}${error.what} ${error.advice}`;
    settings.push(...rawSettings(context.set.tree, name));
  }
  const { key } = options;
  return {
    jail: name,
    enabled,
    origin: context.set.tree.origins.get(name),
    settings: key === undefined ? settings : settings.filter((one) => one.key === key || one.key.endsWith(`/${key}`)),
    problem,
  };
}

function builtIn(option: JailOptionName, layers: readonly SettingLayer[]): ExplainedSetting {
  const value = builtInDefaults[option]!;
  return { key: option, value, layers: [{ text: value, origin: undefined, where: 'built-in' }, ...layers] };
}

function toLayers(entry: MergedEntry | undefined, where: string): SettingLayer[] {
  return entry ? layersOf(entry).map((layer) => ({ text: layer.value.text, origin: layer.origin, where })) : [];
}

function jailLayers(tree: MergedTree, jail: string, option: string): SettingLayer[] {
  return [
    ...toLayers(tree.sections.get(jail)?.get(option), `[${jail}]`),
    ...toLayers(tree.defaults.get(option), '[DEFAULT]'),
  ];
}

function filterLayers(context: JailContext, spec: Spec | undefined, option: string): SettingLayer[] {
  if (!spec) return [];
  const argument = spec.args.get(option);
  const tree = context.library.read(`filter.d/${spec.name}`)?.tree;
  const file = `filter.d/${spec.name}`;
  return [
    ...(argument ? [{ text: argument.text, origin: originOf(argument), where: 'argument' }] : []),
    ...(tree ? treeLayers(tree, file, option) : []),
  ];
}

function treeLayers(tree: MergedTree, file: string, option: string): SettingLayer[] {
  return [
    ...toLayers(tree.sections.get('Init')?.get(option), `${file} [Init]`),
    ...toLayers(tree.sections.get('Definition')?.get(option), `${file} [Definition]`),
    ...toLayers(tree.defaults.get(option), `${file} [DEFAULT]`),
  ];
}

function filterText({ filter }: JailSettings, option: string): string | undefined {
  switch (option) {
    case 'failregex':
    case 'ignoreregex':
      return filter[option].map((regex) => regex.source).join('\n');
    case 'prefregex':
      return filter.prefregex?.source;
    case 'datepattern':
      return filter.datepattern?.value;
    case 'maxlines':
      return filter.maxlines && String(filter.maxlines.value);
    case 'usedns':
      return filter.usedns.origin && filter.usedns.value;
    case 'journalmatch':
      return filter.journalmatch.length > 0
        ? filter.journalmatch.map((words) => words.join(' ')).join('\n')
        : undefined;
    default:
      return undefined;
  }
}

/** Options without a meaning of their own: those of the jail's section, and the one that is asked for. */
function plainVariables(tree: MergedTree, jail: string, key: string | undefined): ExplainedSetting[] {
  const settings: ExplainedSetting[] = [];
  const names = new Set(tree.sections.get(jail)?.keys());
  if (key !== undefined && tree.defaults.has(key)) names.add(key);
  for (const name of names) {
    if (name in jailOptionTypes) continue;
    const entry = tree.find(jail, name)!;
    settings.push({
      key: name,
      value: interpolate({ tree, section: jail }, name, entry).text,
      layers: jailLayers(tree, jail, name),
    });
  }
  return settings;
}

function actionSettings(context: JailContext, jail: JailSettings): ExplainedSetting[] {
  const settings: ExplainedSetting[] = [];
  for (const action of jail.actions) {
    const set = context.library.read(`action.d/${action.file}`) ?? context.library.read(`actions.d/${action.file}`);
    const layers = (option: string): SettingLayer[] => {
      const found = set ? treeLayers(set.tree, set.name, option) : [];
      return found.length > 0 ? found : [{ text: '', origin: action.origin, where: 'argument' }];
    };
    const add = (option: string, value: string): void => {
      settings.push({ key: `action/${action.name}/${option}`, value, layers: layers(option) });
    };
    for (const command of actionCommandNames) {
      const value = action.commands.get(command);
      if (value !== undefined) add(command, String(value));
    }
    for (const [name, value] of action.params) add(name, value);
  }
  return settings;
}

/** What can be said of a jail that does not resolve: the texts as they stand. */
function rawSettings(tree: MergedTree, jail: string): ExplainedSetting[] {
  return [...(tree.sections.get(jail)?.keys() ?? [])].map((name) => {
    const layers = jailLayers(tree, jail, name);
    return { key: name, value: layers[0]!.text, layers };
  });
}

/** The explanation as text: `key = value`, below it where that stands and what it overrode. */
export function renderExplanation(explanation: JailExplanation): string[] {
  const lines: string[] = [];
  const header = explanation.origin ? `  # ${formatOrigin(explanation.origin)}` : '';
  lines.push(`[${explanation.jail}]${header}${explanation.enabled ? '' : '  (not enabled)'}`);
  if (explanation.problem) lines.push(`! ${explanation.problem}`);
  for (const { key, value, layers } of explanation.settings) {
    const [first, ...more] = value.split('\n');
    lines.push(`${key} = ${first}`, ...more.map((line) => `    ${line}`));
    const [holds, ...overrode] = layers;
    if (holds) lines.push(`    # ${place(holds)}`);
    for (const layer of overrode) lines.push(`    # overrode ${place(layer)}: ${shorten(layer.text)}`);
  }
  return lines;
}

function place(layer: SettingLayer): string {
  return layer.origin ? `${formatOrigin(layer.origin)} ${layer.where}` : layer.where;
}

function shorten(text: string): string {
  const line = text.replaceAll('\n', ' | ');
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}
