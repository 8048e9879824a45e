import type { Overview } from '../daemon/control/verbs/overview.js';
import { printableJson } from '../printable.js';
import { coloursFor, mayColour } from '../render/colours.js';
import { renderStatus } from '../render/status.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has, type Invocation } from './command.js';

/** Something is not as it should be: a jail does not run, a log cannot be read, a ban is not enforced. */
const troubled = 3;

/** `f2b status [JAIL | --all]`: fail2ban's tree, or more of it for a person at a terminal. */
export const command: Command = {
  options: [
    { key: 'all', long: ['all'], says: 'every jail, as a tree' },
    {
      key: 'long',
      short: 'l',
      long: ['long'],
      says: 'jails, sources and their health, newest bans (default on a terminal)',
    },
    { key: 'tree', long: ['tree'], says: "fail2ban-client's tree (default where scripts read it)" },
    { key: 'json', long: ['json'], says: 'the same as --long for programs' },
  ],
  order: 'anywhere',
  notes: `Exit status: 0 the server answered; 255 it did not, or there is no such jail. With --long and --json also 3: something is not as
it should be (a jail does not run, a log fails, a ban is not enforced, the database cannot be written).
`,
  async run(invocation) {
    const { args } = invocation;
    if (has(invocation, 'json') || has(invocation, 'long') || (isForPerson(invocation) && !has(invocation, 'tree'))) {
      return await showOverview(invocation);
    }
    const words = has(invocation, 'all') ? ['--all', ...args] : args;
    process.stdout.write(`${renderStatus(words[0], await askDaemon(invocation.flags, ['status', ...words]))}\n`);
    return 0;
  },
};

/** The tree of one jail is what fail2ban's users know by heart; the view of all of them says more than fail2ban's. */
function isForPerson(invocation: Invocation): boolean {
  return process.stdout.isTTY === true && invocation.args.length === 0 && !has(invocation, 'all');
}

async function showOverview(invocation: Invocation): Promise<number> {
  const { flags, args } = invocation;
  // A jail that there is not is refused in fail2ban's words.
  if (args[0] !== undefined) await askDaemon(flags, ['status', args[0]]);
  const view = (await askDaemon(flags, ['overview', ...args])) as unknown as Overview;
  if (has(invocation, 'json')) process.stdout.write(`${printableJson(view)}\n`);
  else {
    const { renderOverview } = await import('../render/overview.js');
    process.stdout.write(`${renderOverview(view, coloursFor(mayColour(process.stdout))).join('\n')}\n`);
  }
  return isTroubled(view) && (has(invocation, 'json') || has(invocation, 'long')) ? troubled : 0;
}

function isTroubled({ unmet, jails, skipped, sources, storeTrouble }: Overview): boolean {
  return (
    unmet.count > 0 ||
    skipped.length > 0 ||
    storeTrouble !== undefined ||
    jails.some(({ state }) => state === 'failed') ||
    sources.some(({ state }) => state === 'failing')
  );
}
