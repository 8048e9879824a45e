import { CliError } from '../errors.js';
import { calledAsFail2ban } from '../places/called-as.js';
import { printable } from '../printable.js';
import { askDaemon } from './ask-daemon.js';
import type { Command } from './command.js';

/** `f2b ping [SECONDS]` */
export const command: Command = {
  async run({ flags, args }) {
    const [timeout] = args;
    if (timeout !== undefined) {
      const seconds = Number(timeout);
      if (!(seconds >= 0)) throw new CliError('F2B_USAGE', `ping ${timeout}: give a number of seconds`);
      flags.timeoutSeconds = seconds;
    }
    try {
      process.stdout.write(`Server replied: ${printable(String(await askDaemon(flags, ['ping'])))}\n`);
    } catch (error) {
      if (error instanceof CliError && error.code === 'F2B_SOCKET_REFUSED' && calledAsFail2ban()) {
        throw new CliError(error.code, '[Errno 111] Connection refused');
      }
      throw error;
    }
    return 0;
  },
};
