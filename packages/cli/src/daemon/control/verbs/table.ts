import { pythonRepr } from '@f2b/config';
import type { Word } from '../dialects/dialect.js';
import { ok, Refused, type Reply, raisedBy } from '../reply.js';
import { banned, unban } from './bans.js';
import { allowAdd, allowList, allowRemove, handBan, handUnban } from './by-hand.js';
import { get, set } from './get-set.js';
import { reload, serverStream, start, stop } from './jails.js';
import { multiSet } from './multi-set.js';
import { overview } from './overview.js';
import { invalid, reprOf } from './raise.js';
import { stats, status } from './status.js';
import { story } from './story.js';
import type { ControlledDaemon, Verb } from './verb.js';
import { watch } from './watch.js';
import { decimalNumber, Words } from './words.js';

/** All that can be asked of a running daemon. */
export const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['ping', () => ok('pong')],
  ['version', (daemon) => ok(daemon.version)],
  ['server-status', (daemon) => ok(daemon.isReady() ? 'Server ready' : 'Server starting')],
  ['echo', (_, words) => ok(words.from(0))],
  ['sleep', sleep],
  ['flushlogs', (daemon) => ok(daemon.flushLogs())],
  ['status', status],
  ['stats', stats],
  ['statistic', stats],
  ['statistics', stats],
  ['config-error', configError],
  ['get', get],
  ['set', set],
  ['multi-set', multiSet],
  ['banned', banned],
  ['unban', unban],
  ['reload', reload],
  ['server-stream', serverStream],
  ['start', start],
  ['stop', stop],
  ['watch', watch],
  ['overview', overview],
  ['why', story],
  ['hand-ban', handBan],
  ['hand-unban', handUnban],
  ['allow-list', allowList],
  ['allow-add', allowAdd],
  ['allow-remove', allowRemove],
]);

/** Characters that the log shows of a command that was refused. */
const mostShown = 2000;

/** Finds and runs the verb of a request. What is refused is said in the log, in fail2ban's words. */
export function runVerb(daemon: ControlledDaemon, words: readonly Word[], gone: AbortSignal): ReturnType<Verb> {
  const refuse = (error: unknown): Reply => {
    if (!(error instanceof Refused)) throw error;
    const { refusal: refused } = error;
    const command = pythonRepr(words);
    const shown = command.length > mostShown ? `${command.slice(0, mostShown)}...` : command;
    daemon.say('ERROR', `Command ${shown} has failed. Received ${reprOf(raisedBy(refused))}`);
    return refused;
  };
  try {
    const [name, ...rest] = words;
    const verb = verbs.get(String(name ?? ''));
    if (verb === undefined) throw invalid('Invalid command');
    const answer = verb(daemon, new Words(rest), gone);
    return answer instanceof Promise ? answer.catch(refuse) : answer;
  } catch (error) {
    return refuse(error);
  }
}

/** What fail2ban's client found wrong in a configuration, to be said in the log. */
function configError(daemon: ControlledDaemon, words: Words): Reply {
  daemon.say('ERROR', words.at(0));
  return ok(null);
}

/** The longest that a client may have itself wait: it holds a connection meanwhile. */
const longestSleep = 24 * 3600;

async function sleep(_: ControlledDaemon, words: Words, gone: AbortSignal): Promise<Reply> {
  const wanted = Math.min(Math.max(0, decimalNumber(words.at(0))), longestSleep);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, wanted * 1000);
    function done() {
      clearTimeout(timer);
      gone.removeEventListener('abort', done);
      resolve();
    }
    gone.addEventListener('abort', done);
  });
  return ok(null);
}
