import { type Refusal, raisedBy, refusal } from '../../reply.js';
import { type Dialect, maxRequestBytes, type Request, type Word } from '../dialect.js';
import { type Pickled, PickleError, readPickle } from './read.js';
import { writePickle } from './write.js';

const end = Buffer.from('<F2B_END_COMMAND>');
const close = Buffer.from('<F2B_CLOSE_COMMAND>');

/** fail2ban's own protocol, which its client, exporters and web interfaces speak: pickled lists, answers `(0, value)` or `(1, exception)`. */
export const pickle: Dialect = {
  // A pickle may begin with nearly any byte; what begins like JSON has been taken before.
  recognises: () => true,
  end,
  read: readRequest,
  write: (reply) =>
    Buffer.concat([reply.ok ? writePickle(0, reply.value) : writePickle(1, { raised: raisedBy(reply) }), end]),
};

function readRequest(frame: Buffer): Request | Refusal {
  if (frame.equals(close)) return 'close';
  try {
    const value = readPickle(frame);
    // Python takes a text for a list of its letters, none of which is a command.
    if (!Array.isArray(value)) return { words: [''] };
    return { words: wordsOf(value) };
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    return refusal('F2B_BAD_REQUEST', `the request cannot be read: ${error.message}`);
  }
}

/** How deep lists may stand in one another, and how much may come of a request: what is remembered in a pickle may be said again and again. */
const mostDepth = 32;
const mostSaid = 2 * maxRequestBytes;

function wordsOf(list: readonly Pickled[]): readonly Word[] {
  let said = 0;
  const wordOf = (value: Pickled, depth: number): Word => {
    said += typeof value === 'string' ? value.length + 1 : 1;
    if (depth > mostDepth || said > mostSaid) throw new PickleError('the request says too much');
    if (value instanceof Map) throw new PickleError('a dictionary is no word of a request');
    return Array.isArray(value) ? value.map((one) => wordOf(one, depth + 1)) : value;
  };
  return list.map((value) => wordOf(value, 1));
}
