import type { Allowance } from '@f2b/core';
import { CliError } from '../errors.js';
import { printable, printableJson } from '../printable.js';
import { named, renderAllowances, renderByHand } from '../render/by-hand.js';
import { addressesOf, askInParts, jsonOption, timeOf } from '../tools/by-hand/by-hand.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has, type Invocation } from './command.js';

/** Something was no address, or was not on the list. */
const someRefused = 1;

/** `f2b allow WHO... [JAIL]`, `f2b allow list`, `f2b allow remove WHO...` */
export const command: Command = {
  options: [
    { key: 'for', long: ['for'], value: 'TIME', says: 'for so long; else until it is removed' },
    { key: 'why', long: ['why'], value: 'TEXT', says: 'a note for whoever reads the list' },
    { key: 'jail', short: 'j', long: ['jail'], value: 'JAIL', says: 'in this jail alone; else in all of them' },
    jsonOption,
  ],
  order: 'anywhere',
  notes: `allow WHO... [--jail JAIL]   WHO is an address, a network or a host name; it is unbanned, and not banned by any rule
allow list                   who is on the list, since when, until when, and why
allow remove WHO...          takes somebody from the list (with --jail: from that jail's)

With - they are read from the standard input. The list outlives the server (a file beside dbfile).

Exit status: 0 done; 1 some were no addresses, or not on the list; 255 there is no such jail, or no server.
`,
  async run(invocation) {
    const [verb, ...rest] = invocation.args;
    if (verb === undefined)
      throw new CliError('F2B_USAGE', 'allow: name an address, a network or a host name; or list, remove');
    if (verb === 'list') return await list(invocation, rest);
    if (verb === 'remove') return await remove(invocation, rest);
    return await allow(invocation);
  },
};

async function allow(invocation: Invocation): Promise<number> {
  const { flags, args } = invocation;
  const options = new Map(invocation.options);
  const head = [
    'allow-add',
    options.get('jail') ?? '-',
    await timeOf(options.get('for'), 'allow'),
    options.get('why') ?? '',
  ];
  const reply = await askInParts((words) => askDaemon(flags, words), head, addressesOf(args, 'allow'));
  const lines = renderByHand(reply, { done: 'unbanned', already: '' });
  if (reply.allowed.length > 0) lines.unshift(printable(`allowed: ${named(reply.allowed)}`));
  process.stdout.write(`${has(invocation, 'json') ? printableJson(reply) : lines.join('\n')}\n`);
  return reply.invalid.length > 0 ? someRefused : 0;
}

async function list(invocation: Invocation, surplus: readonly string[]): Promise<number> {
  if (surplus[0] !== undefined) throw new CliError('F2B_USAGE', `allow list takes no '${surplus[0]}'`);
  const all = (await askDaemon(invocation.flags, ['allow-list'])) as unknown as readonly Allowance[];
  const text = has(invocation, 'json') ? printableJson(all) : renderAllowances(all, Date.now()).join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}

async function remove(invocation: Invocation, args: readonly string[]): Promise<number> {
  const jail = new Map(invocation.options).get('jail') ?? '-';
  const names = addressesOf(args, 'allow remove');
  const gone = (await askDaemon(invocation.flags, ['allow-remove', jail, ...names])) as unknown as readonly {
    readonly what: string;
    readonly removed: number;
  }[];
  const missing = gone.filter(({ removed }) => removed === 0).map(({ what }) => what);
  const removed = gone.filter((one) => one.removed > 0).map(({ what }) => what);
  const lines = [
    ...(removed.length > 0 ? [`no longer allowed: ${named(removed)}`] : []),
    ...(missing.length > 0 ? [`not on the list: ${named(missing)}`] : []),
  ];
  process.stdout.write(`${has(invocation, 'json') ? printableJson(gone) : lines.map(printable).join('\n')}\n`);
  return missing.length > 0 ? someRefused : 0;
}
