import { type Refusal, refusal } from '../../reply.js';
import type { Dialect, Request } from '../dialect.js';
import { PickleError, readPickle } from './read.js';
import { type Raised, writePickle } from './write.js';

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
    return { words: value.map(wordOf) };
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    return refusal('F2B_BAD_REQUEST', `the request cannot be read: ${error.message}`);
  }
}

function wordOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new PickleError('the words of a request are strings, numbers or booleans');
}

/** fail2ban's client has words of its own for the jail that does not exist; of everything else it prints the text. */
function raisedBy({ code, jail, message }: Refusal): Raised {
  return code === 'F2B_UNKNOWN_JAIL' && jail !== undefined
    ? { module: 'fail2ban.exceptions', name: 'UnknownJailException', argument: jail }
    : { module: 'builtins', name: 'Exception', argument: message };
}
