import { type ActionCommandName, type ActionSettings, actionCommandNames } from '@f2b/config';
import type { ReplyValue } from '../../reply.js';
import type { AskedJail } from '../asked-jail.js';
import { invalid, noSuchAttribute, noSuchKey, valueError } from '../raise.js';
import { seconds, type Words } from '../words.js';
import type { Properties, Property } from './property.js';

/** What a jail does on a ban: its actions, their commands and parameters. */
export const actions: Properties = new Map<string, Property>([
  ['actions', { get: ({ settings }) => settings.actions.map(({ name }) => name) }],
  ['actionproperties', { get: (jail, words) => propertiesOf(find(jail, words.at(0))) }],
  ['actionmethods', { get: (jail, words) => find(jail, words.at(0)) && methods }],
  ['action', { get: property, set: setProperty }],
  ['addaction', { set: addaction }],
  ['delaction', { set: delaction }],
]);

/** The commands that every action has, if only as empty ones. */
const alwaysThere = [
  'actionban',
  'actioncheck',
  'actionflush',
  'actionreban',
  'actionreload',
  'actionrepair',
  'actionstart',
  'actionstop',
  'actionunban',
] as const satisfies readonly ActionCommandName[];
/** What fail2ban's own class has beside commands and parameters. */
const ofClass = ['ESCAPE_CRE', 'ESCAPE_VN_CRE', 'banEpoch', 'timeout'];
/** What can be called, by fail2ban's names. */
const methods = [
  'ban',
  'clearAllParams',
  'consistencyCheck',
  'escapeTag',
  'executeCmd',
  'flush',
  'invalidateBanEpoch',
  'prolong',
  'reban',
  'reload',
  'replaceDynamicTags',
  'replaceTag',
  'start',
  'stop',
  'unban',
] as const;
const defaultTimeout = 60;

function find({ settings }: AskedJail, name: string): ActionSettings {
  const action = settings.actions.find((one) => one.name === name);
  if (action === undefined) throw noSuchKey(`Invalid Action name: ${name}`);
  return action;
}

function propertiesOf({ commands, params }: ActionSettings): ReplyValue {
  const names = new Set([...ofClass, ...alwaysThere, ...commands.keys(), ...params.map(([name]) => name)]);
  return [...names].sort((left, right) => (left < right ? -1 : 1));
}

function property(jail: AskedJail, words: Words): ReplyValue {
  const [name, wanted] = [words.at(0), words.at(1)];
  const action = find(jail, name);
  const param = action.params.findLast(([key]) => key === wanted)?.[1];
  if (wanted === 'timeout') return param === undefined ? defaultTimeout : Math.trunc(seconds(param));
  if (wanted === 'banEpoch') return 0;
  const known = param ?? action.commands.get(wanted as ActionCommandName);
  if (known !== undefined) return known;
  if ((alwaysThere as readonly string[]).includes(wanted)) return '';
  throw noSuchAttribute(`'CommandAction' object has no attribute '${wanted}'`);
}

async function setProperty(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const action = find(jail, words.at(0));
  const wanted = words.at(1);
  const isMethod = (methods as readonly string[]).includes(wanted);
  const value = isMethod && words.length === 2 ? '' : words.at(2);
  if (isMethod)
    throw invalid(`'${wanted}' of an action cannot be called in f2b: banip, unbanip and reload do what is needed`);
  const read = wanted === 'timeout' ? seconds(value) : value;
  amend(jail, withValue(action, wanted, value));
  return read;
}

/** The new value holds from the action's next command on; nothing is stopped or started for it. */
export function amend(jail: AskedJail, action: ActionSettings): void {
  if (jail.byHand.amendAction(jail.name, action)) return;
  throw invalid(`'${action.name}' is built into f2b: change it in the jail's configuration, and reload`);
}

export function withValue(action: ActionSettings, name: string, value: string): ActionSettings {
  const command = actionCommandNames.find((one) => one === name);
  if (command !== undefined) return { ...action, commands: new Map([...action.commands, [command, value]]) };
  const at = action.params.findIndex(([key]) => key === name);
  return { ...action, params: at < 0 ? [...action.params, [name, value]] : action.params.with(at, [name, value]) };
}

/** An action without commands, which are set one by one. One written in Python is refused. */
async function addaction(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const name = words.at(0);
  const { actions } = jail.settings;
  if (actions.some((one) => one.name === name)) throw valueError(`Action ${name} already exists`);
  if (words.length > 1) {
    throw invalid(`${words.at(1)} is an action written in Python, which f2b cannot run: replace it by one of commands`);
  }
  const action: ActionSettings = {
    name,
    file: name,
    builtin: false,
    python: undefined,
    commands: new Map(),
    params: [],
    origin: undefined,
  };
  await jail.change({ actions: [...actions, action] });
  return name;
}

/** The action is stopped, too: what it has set up is taken back. */
async function delaction(jail: AskedJail, words: Words): Promise<ReplyValue> {
  const { name } = find(jail, words.at(0));
  await jail.change({ actions: jail.settings.actions.filter((one) => one.name !== name) });
  return null;
}
