import { CliError } from '../errors.js';
import { printable, printableJson } from '../printable.js';
import { named, renderByHand } from '../render/by-hand.js';
import { addressesOf, askInParts, jsonOption, timeOf } from '../tools/by-hand/by-hand.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has } from './command.js';

/** Some of the addresses were not banned: they are allowed, or are none. */
const someRefused = 1;

/** `f2b ban JAIL|--all IP...` */
export const command: Command = {
  options: [
    { key: 'all', long: ['all'], says: 'in every jail' },
    { key: 'for', long: ['for'], value: 'TIME', says: "for so long, instead of the jail's bantime" },
    jsonOption,
  ],
  order: 'anywhere',
  notes: `IP is an address or a network. Without one, or with -, they are read from the standard input: apart by blanks, commas or lines, # begins
a comment. Thousands are banned in one step. Who is on the allow list is not banned.

Exit status: 0 all are banned now; 1 some are not, since they are allowed or no addresses; 255 there is no such jail, or no server.
`,
  async run(invocation) {
    const { flags, args, options } = invocation;
    const [jail, ...rest] = has(invocation, 'all') ? ['--all', ...args] : args;
    if (jail === undefined) throw new CliError('F2B_USAGE', 'ban: name a jail, or --all');
    const time = await timeOf(new Map(options).get('for'), 'ban');
    const names = addressesOf(rest, 'ban');
    const reply = await askInParts((words) => askDaemon(flags, words), ['hand-ban', jail, time], names);
    const lines = renderByHand(reply, { done: 'banned', already: 'banned already' });
    if (reply.allowed.length > 0) lines.push(printable(`not banned, on the allow list: ${named(reply.allowed)}`));
    process.stdout.write(`${has(invocation, 'json') ? printableJson(reply) : lines.join('\n')}\n`);
    return reply.invalid.length + reply.allowed.length > 0 ? someRefused : 0;
  },
};
