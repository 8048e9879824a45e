import { Float, type ReplyValue } from '../../reply.js';
import { noSuchAttribute } from '../raise.js';
import type { ControlledDaemon, ServerControls } from '../verb.js';
import { isFraction, seconds, type Words, wholeNumber } from '../words.js';

interface ServerProperty {
  get?(daemon: ControlledDaemon): ReplyValue;
  set?(daemon: ControlledDaemon, words: Words): ReplyValue | Promise<ReplyValue>;
}

/** What can be got or set of the server itself. */
export const ofServer: ReadonlyMap<string, ServerProperty> = new Map<string, ServerProperty>([
  ['loglevel', text('loglevel')],
  ['logtarget', text('logtarget')],
  ['syslogsocket', text('syslogsocket')],
  ['allowipv6', { set: text('allowipv6').set! }],
  [
    'thread',
    {
      get: () => ({ stacksize: 0 }),
      set(_, words) {
        // Only fail2ban has threads whose stacks could be set: its client sends a dictionary, which nobody can type.
        words.at(0);
        throw noSuchAttribute("'str' object has no attribute 'items'");
      },
    },
  ],
  ['dbfile', text('dbfile')],
  [
    'dbmaxmatches',
    {
      get: ({ server }) => (server.dbfile === null ? null : server.dbmaxmatches),
      set({ server }, words) {
        const value = wholeNumber(words.at(0));
        if (server.dbfile === null) return null;
        server.dbmaxmatches = value;
        return value;
      },
    },
  ],
  ['dbpurgeage', { get: purgeage, set: setPurgeage }],
]);

type TextName = 'loglevel' | 'logtarget' | 'syslogsocket' | 'allowipv6' | 'dbfile';

function text(name: TextName): ServerProperty {
  return {
    get: ({ server }) => server[name],
    set({ server }, words) {
      (server as { -readonly [key in keyof ServerControls]: ServerControls[key] })[name] = words.at(0);
      return server[name];
    },
  };
}

function purgeage({ server }: ControlledDaemon): ReplyValue {
  if (server.dbfile === null) return null;
  const value = seconds(server.dbpurgeage);
  return isFraction(server.dbpurgeage) ? new Float(value) : value;
}

function setPurgeage(daemon: ControlledDaemon, words: Words): ReplyValue {
  const value = words.at(0);
  seconds(value);
  if (daemon.server.dbfile !== null) daemon.server.dbpurgeage = value;
  return purgeage(daemon);
}
