import { renderStatus } from '../render/status.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has } from './command.js';

/** `f2b status [JAIL | --all]` */
export const command: Command = {
  options: [{ key: 'all', long: ['all'], says: 'every jail' }],
  async run(invocation) {
    const { flags, args } = invocation;
    const words = has(invocation, 'all') ? ['--all', ...args] : args;
    process.stdout.write(`${renderStatus(words[0], await askDaemon(flags, ['status', ...words]))}\n`);
    return 0;
  },
};
