import { printable } from '../printable.js';
import { askDaemon } from './ask-daemon.js';
import type { Command } from './command.js';

/** `f2b version`: the running server's. */
export const command: Command = {
  async run({ flags }) {
    process.stdout.write(`${printable(String(await askDaemon(flags, ['version'])))}\n`);
    return 0;
  },
};
