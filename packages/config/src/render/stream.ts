import type { DumpableSettings, FilterStatement, RunnableJailDump } from '../dump.js';
import { type ActionSettings, actionCommandNames } from '../settings.js';
import { pythonJson, pythonRepr, type StreamValue } from './python.js';

/** One command of the stream that fail2ban's client sends to its server. */
export type StreamCommand = readonly StreamValue[];

/** The settings as the list of commands that fail2ban's client would send: what `-d` prints, one command a line. */
export function toStream(settings: DumpableSettings): StreamCommand[] {
  const stream: StreamCommand[] = serverCommands(settings);
  for (const one of settings.dump.jails) {
    if (one.kind === 'skipped') stream.push(['config-error', one.said]);
    else addJail(one, stream);
  }
  for (const jail of settings.jails) stream.push(['start', jail.name]);
  return stream;
}

/** The lines of `f2b -d`. */
export function renderStream(settings: DumpableSettings): string[] {
  return toStream(settings).map((command) => pythonRepr(command));
}

function serverCommands({ server, dump }: DumpableSettings): StreamCommand[] {
  const stream: StreamCommand[] = [];
  if (server.threadStacksize) stream.push(['set', 'thread', `{'stacksize': ${server.threadStacksize.value}}`]);
  stream.push(
    ['set', 'syslogsocket', server.syslogsocket.value],
    ['set', 'loglevel', dump.loglevel],
    ['set', 'logtarget', server.logtarget.value],
    ['set', 'allowipv6', server.allowipv6.value],
    ['set', 'dbfile', server.dbfile.value],
  );
  if (server.dbmaxmatches) stream.push(['set', 'dbmaxmatches', server.dbmaxmatches.value]);
  stream.push(['set', 'dbpurgeage', dump.dbpurgeage]);
  return stream;
}

/** Options of a jail in the order in which they are sent, before and after `ignoreip`. */
const limits = [
  'maxretry',
  'maxmatches',
  'findtime',
  'bantime',
  'bantime.increment',
  'bantime.factor',
  'bantime.formula',
  'bantime.multipliers',
  'bantime.maxtime',
  'bantime.rndtime',
  'bantime.overalljails',
  'ignorecommand',
  'ignoreself',
];

/** The commands that set up one jail, without its `start`. */
function addJail({ jail, written, ignoreip, filter, bare }: RunnableJailDump, stream: StreamCommand[]): void {
  const { name } = jail;
  const set = (option: string, value: StreamValue | undefined): void => {
    if (value !== undefined) stream.push(['set', name, option, value]);
  };
  stream.push(['add', name, jail.backend.value]);
  for (const statement of filter) stream.push(...filterCommands(name, statement));
  for (const option of limits) set(option, written.get(option));
  if (ignoreip) stream.push(['set', name, 'addignoreip', ...ignoreip]);
  set('ignorecache', written.get('ignorecache'));
  set('logtimezone', jail.filter.logtimezone?.value);
  set('logencoding', jail.filter.logencoding?.value);
  if (!/^(?:systemd|command(?:\[|$))/.test(jail.backend.value)) {
    for (const path of jail.logpaths) {
      for (const file of path.files) stream.push(['set', name, 'addlogpath', file, path.from]);
    }
  }
  for (const action of jail.actions) stream.push(...actionCommands(name, action, bare.has(action)));
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

function actionCommands(jail: string, action: ActionSettings, bare: boolean): StreamCommand[] {
  if (action.python) {
    return [['set', jail, 'addaction', action.name, action.python.path, pythonJson(action.python.args)]];
  }
  const pairs: [string, StreamValue][] = [];
  if (bare) {
    for (const command of actionCommandNames) pairs.push([command, action.commands.get(command) ?? null]);
  } else for (const [command, value] of action.commands) pairs.push([command, value]);
  for (const [name, value] of action.params) pairs.push([name, value]);
  const stream: StreamCommand[] = [['set', jail, 'addaction', action.name]];
  if (pairs.length === 1) stream.push(['set', jail, 'action', action.name, ...pairs[0]!]);
  else if (pairs.length > 1) stream.push(['multi-set', jail, 'action', action.name, pairs]);
  return stream;
}
