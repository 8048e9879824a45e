import { askDaemon } from './ask-daemon.js';
import type { Command } from './command.js';

/** `f2b stop`: returns when jails are stopped and the firewall is as it was. */
export const command: Command = {
  async run({ flags, args }) {
    await askDaemon(flags, ['stop', ...args]);
    process.stdout.write('Shutdown successful\n');
    return 0;
  },
};
