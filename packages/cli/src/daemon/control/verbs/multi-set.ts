import { ok, type Reply } from '../reply.js';
import { AskedJail } from './asked-jail.js';
import { amend, withValue } from './properties/actions.js';
import { add } from './properties/expressions.js';
import { invalid, noSuchKey, typeError } from './raise.js';
import type { ControlledDaemon } from './verb.js';
import type { Words } from './words.js';

/** `multi-set JAIL addfailregex|addignoreregex [REGEX…]`, `multi-set JAIL action NAME [[PROPERTY, VALUE]…]`: all of it or nothing. */
export async function multiSet(daemon: ControlledDaemon, words: Words): Promise<Reply> {
  const [jail, what] = [new AskedJail(daemon, words.at(0)), words.at(1)];
  switch (what) {
    case 'addfailregex':
    case 'addignoreregex':
      await add(jail, what === 'addfailregex' ? 'failregex' : 'ignoreregex', words.list(2));
      return ok(true);
    case 'action': {
      const [name, pairs] = [words.at(2), words.nested(3)];
      let action = jail.settings.actions.find((one) => one.name === name);
      if (action === undefined) throw noSuchKey(`Invalid Action name: ${name}`);
      if (!Array.isArray(pairs)) throw typeError('pairs of a property and its value are expected');
      for (const pair of pairs) {
        if (!Array.isArray(pair) || pair.length !== 2)
          throw typeError('a pair of a property and its value is expected');
        action = withValue(action, String(pair[0]), String(pair[1] ?? ''));
      }
      amend(jail, action);
      return ok(true);
    }
    default:
      throw invalid(`Invalid command '${what}' (no set action or not yet implemented)`);
  }
}
