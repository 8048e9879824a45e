import { CliError } from '../errors.js';
import { printableJson } from '../printable.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has } from './command.js';

/** `f2b top`: jails and bans, live. */
export const command: Command = {
  options: [
    { key: 'every', short: 'n', long: ['every'], value: 'SECONDS', says: 'how often to look (1)' },
    { key: 'json', long: ['json'], says: 'no screen: what status --json prints, a line each time' },
  ],
  order: 'anywhere',
  notes: `Keys: q quits, up and down (or j, k) select a ban, s sorts by time, jail, address or what is left, / filters, Esc shows all again,
w tells why somebody is banned, u unbans whom you selected, b bans (JAIL IP...).

Exit status: 0; 255 where there is no server or no terminal.
`,
  async run(invocation) {
    const { flags, args, options } = invocation;
    if (args[0] !== undefined) throw new CliError('F2B_USAGE', `top takes no '${args[0]}'`);
    const seconds = Number(new Map(options).get('every') ?? '1');
    if (!(seconds >= 0.1 && seconds <= 3600))
      throw new CliError('F2B_USAGE', 'top: --every wants seconds, 0.1 to 3600');
    const ask = (words: readonly string[]) => askDaemon(flags, words);
    if (has(invocation, 'json')) {
      process.stdout.once('error', () => process.exit(0));
      for (;;) {
        process.stdout.write(`${printableJson(await ask(['overview']))}\n`);
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      }
    }
    if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
      throw new CliError('F2B_USAGE', 'top needs a terminal; f2b status --long and f2b top --json do without');
    }
    const { runTop } = await import('../tools/top/run.js');
    return await runTop(ask, seconds * 1000);
  },
};
