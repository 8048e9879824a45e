import {
  type ActionSettings,
  actionCommandNames,
  type FilterStatement,
  type JailSettings,
  type Settings,
  type Sourced,
} from '../settings.js';
import { pythonJson, pythonRepr, type StreamValue } from './python.js';

/** One command of the stream that fail2ban's client sends to its server. */
export type StreamCommand = readonly StreamValue[];

/** The settings as the list of commands that fail2ban's client would send: what `-d` prints, one command a line. */
export function toStream(settings: Settings): StreamCommand[] {
  const stream: StreamCommand[] = serverCommands(settings);
  const skipped = [...settings.skipped];
  for (const [index, jail] of settings.jails.entries()) {
    while (skipped[0] && skipped[0].position <= index) stream.push(configError(skipped.shift()!));
    for (const command of jailCommands(jail)) stream.push(command);
  }
  for (const jail of skipped) stream.push(configError(jail));
  for (const jail of settings.jails) stream.push(['start', jail.name]);
  return stream;
}

/** The lines of `f2b -d`, equal to those of `fail2ban-client -d`. */
export function renderStream(settings: Settings): string[] {
  return toStream(settings).map((command) => pythonRepr(command));
}

function configError({ name, why }: { name: string; why: string }): StreamCommand {
  return ['config-error', `Jail '${name}' skipped, because of wrong configuration: ${why}`];
}

function serverCommands({ server }: Settings): StreamCommand[] {
  const stream: StreamCommand[] = [];
  if (server.threadStacksize) stream.push(['set', 'thread', `{'stacksize': ${server.threadStacksize.value}}`]);
  stream.push(
    ['set', 'syslogsocket', server.syslogsocket.value],
    ['set', 'loglevel', server.loglevelWritten],
    ['set', 'logtarget', server.logtarget.value],
    ['set', 'allowipv6', server.allowipv6.value],
    ['set', 'dbfile', server.dbfile.value],
  );
  if (server.dbmaxmatches) stream.push(['set', 'dbmaxmatches', server.dbmaxmatches.value]);
  stream.push(['set', 'dbpurgeage', server.dbpurgeage.value]);
  return stream;
}

/** The commands that set up one jail, without its `start`. */
export function jailCommands(jail: JailSettings): StreamCommand[] {
  const { name } = jail;
  const stream: StreamCommand[] = [['add', name, jail.backend.value]];
  const set = (option: string, value: StreamValue | undefined): void => {
    if (value !== undefined) stream.push(['set', name, option, value]);
    else if (jail.unreadable.includes(option)) stream.push(['set', name, option, null]);
  };
  const sourced = (option: string, setting: Sourced<string | number | boolean> | undefined): void =>
    set(option, setting?.value);
  for (const statement of jail.filter.sent) stream.push(...filterCommands(name, statement));
  const { bantimeIncrement } = jail;
  sourced('maxretry', jail.maxretry);
  sourced('maxmatches', jail.maxmatches);
  set('findtime', jail.findtime?.text);
  set('bantime', jail.bantime?.text);
  sourced('bantime.increment', bantimeIncrement.increment);
  sourced('bantime.factor', bantimeIncrement.factor);
  sourced('bantime.formula', bantimeIncrement.formula);
  sourced('bantime.multipliers', bantimeIncrement.multipliers);
  sourced('bantime.maxtime', bantimeIncrement.maxtime);
  sourced('bantime.rndtime', bantimeIncrement.rndtime);
  sourced('bantime.overalljails', bantimeIncrement.overalljails);
  sourced('ignorecommand', jail.ignorecommand);
  sourced('ignoreself', jail.ignoreself);
  if (jail.ignoreipOrigin) stream.push(['set', name, 'addignoreip', ...jail.ignoreip]);
  sourced('ignorecache', jail.ignorecache);
  sourced('logtimezone', jail.filter.logtimezone);
  sourced('logencoding', jail.filter.logencoding);
  if (!jail.backend.value.startsWith('systemd')) {
    for (const path of jail.logpaths) {
      for (const file of path.files) stream.push(['set', name, 'addlogpath', file, path.from]);
    }
  }
  for (const action of jail.actions) stream.push(...actionCommands(name, action));
  return stream;
}

function filterCommands(jail: string, statement: FilterStatement): StreamCommand[] {
  switch (statement.name) {
    case 'failregex':
    case 'ignoreregex': {
      const command = `add${statement.name}`;
      const [first, ...more] = statement.value;
      if (first === undefined) return [];
      return more.length === 0 ? [['set', jail, command, first]] : [['multi-set', jail, command, statement.value]];
    }
    case 'journalmatch':
      return statement.value.map((words) => ['set', jail, 'addjournalmatch', ...words]);
    default:
      return [['set', jail, statement.name, statement.value]];
  }
}

function actionCommands(jail: string, action: ActionSettings): StreamCommand[] {
  if (action.python) {
    return [['set', jail, 'addaction', action.name, action.python.path, pythonJson(action.python.args)]];
  }
  const pairs: [string, StreamValue][] = [];
  if (action.definitionMissing) {
    for (const command of actionCommandNames) pairs.push([command, action.commands.get(command) ?? null]);
  } else for (const [command, value] of action.commands) pairs.push([command, value]);
  for (const [name, value] of action.params) pairs.push([name, value]);
  const stream: StreamCommand[] = [['set', jail, 'addaction', action.name]];
  if (pairs.length === 1) stream.push(['set', jail, 'action', action.name, ...pairs[0]!]);
  else if (pairs.length > 1) stream.push(['multi-set', jail, 'action', action.name, pairs]);
  return stream;
}
