import { askDaemon } from './ask-daemon.js';
import { type Command, has } from './command.js';

/** `f2b stop`: returns when jails are stopped and the firewall is as it was. `f2b stop JAIL` (or `--all`) stops jails, and the server goes on. */
export const command: Command = {
  options: [{ key: 'all', long: ['all'], says: 'all jails, but not the server' }],
  async run(invocation) {
    const words = has(invocation, 'all') ? ['--all'] : invocation.args;
    await askDaemon(invocation.flags, ['stop', ...words]);
    process.stdout.write(words.length > 0 ? 'Jail stopped\n' : 'Shutdown successful\n');
    return 0;
  },
};
