import { isIP } from 'node:net';
import { CliError } from '../errors.js';
import { printableJson } from '../printable.js';
import { renderByHand } from '../render/by-hand.js';
import { addressesOf, askInParts, jsonOption, timeOf } from '../tools/by-hand/by-hand.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has } from './command.js';

/** Some of the words were no addresses. */
const someRefused = 1;

/** `f2b unban JAIL|--all IP...`; and fail2ban's `unban IP...` and `unban --all`, answered as fail2ban does: by how many. */
export const command: Command = {
  options: [
    { key: 'all', long: ['all'], says: 'in every jail; without an IP: everybody' },
    { key: 'for', long: ['for'], value: 'TIME', says: 'and do not ban them again for so long' },
    jsonOption,
  ],
  order: 'anywhere',
  notes: `IP is an address or a network, which stands for all in it that are banned; without a jail in front it is unbanned in every jail.
With - they are read from the standard input: apart by blanks, commas or lines, # begins a comment.
Who was named is forgiven: failures and earlier bans are forgotten. unban IP... and unban --all print how many bans were lifted, as
fail2ban-client does.

Exit status: 0 done, whether or not somebody was banned; 1 some were no addresses; 255 there is no such jail, or no server.
`,
  async run(invocation) {
    const { flags, args, options } = invocation;
    const all = has(invocation, 'all');
    const time = await timeOf(new Map(options).get('for'), 'unban');
    if (all && args.length === 0) {
      if (time !== '-') throw new CliError('F2B_USAGE', 'unban: --for wants to know whom');
      const count = await askDaemon(flags, ['unban', '--all']);
      process.stdout.write(`${has(invocation, 'json') ? printableJson({ count }) : count}\n`);
      return 0;
    }
    const namesJail = !all && args[0] !== undefined && args[0] !== '-' && !isAddress(args[0]);
    const jail = namesJail ? args[0]! : '--all';
    const names = addressesOf(namesJail ? args.slice(1) : args, 'unban');
    const reply = await askInParts((words) => askDaemon(flags, words), ['hand-unban', jail, time], names);
    const plain = !all && !namesJail && time === '-';
    const lines = plain
      ? [`${reply.done.length}`]
      : renderByHand(reply, { done: 'unbanned', already: 'was not banned' });
    process.stdout.write(`${has(invocation, 'json') ? printableJson(reply) : lines.join('\n')}\n`);
    return reply.invalid.length > 0 ? someRefused : 0;
  },
};

function isAddress(word: string): boolean {
  return isIP(word.replace(/\/.*$/, '')) !== 0;
}
