import { CliError } from '../errors.js';
import { regexOptionsOf, regexSpecs } from '../tools/regex/options.js';
import { type Command, has } from './command.js';

/** Of `f2b regex`'s options those that one line can make use of. */
const shared = new Set(['-c', '-d', '--timezone', '--usedns', '-r', '--now', 'help']);

/** `f2b explain JAIL|FILTER LINE` */
export const command: Command = {
  options: [
    ...regexSpecs.filter(({ key }) => shared.has(key)),
    { key: 'json', long: ['json'], says: 'the same for programs' },
  ],
  order: 'anywhere',
  alone: true,
  notes: 'A LINE that begins with - goes behind --.\n',
  async run(invocation) {
    const [name, line, surplus] = invocation.args;
    if (name === undefined || line === undefined || surplus !== undefined) {
      throw new CliError('F2B_USAGE', 'explain: provide a jail or filter, and a line (in quotes)');
    }
    const { runExplain } = await import('../tools/explain/explain.js');
    return await runExplain(
      { name, line, json: has(invocation, 'json') },
      regexOptionsOf(invocation.options),
      invocation.flags,
    );
  },
};
