import { printable } from '../printable.js';
import { askDaemon } from './ask-daemon.js';
import type { Command } from './command.js';

/** `f2b flushlogs`: what logrotate calls. */
export const command: Command = {
  async run({ flags }) {
    process.stdout.write(`logs: ${printable(String(await askDaemon(flags, ['flushlogs'])))}\n`);
    return 0;
  },
};
