import { renderStatus } from '../render/status.js';
import { askDaemon } from './ask-daemon.js';
import type { Command } from './command.js';

/** `f2b status [JAIL | --all]` */
export const command: Command = {
  options: [{ key: 'all', long: ['all'], value: false }],
  async run({ flags, args, options }) {
    const words = options.has('all') ? ['--all', ...args] : args;
    process.stdout.write(`${renderStatus(words[0], await askDaemon(flags, ['status', ...words]))}\n`);
    return 0;
  },
};
