import { CliError } from '../errors.js';
import { controlSocket } from '../places/control-socket.js';
import { askDaemon } from './ask-daemon.js';
import type { Command } from './command.js';
import { reload } from './reload.js';

/** Where nobody listens, there is nothing to stop. */
const notThere = new Set(['F2B_NO_SOCKET', 'F2B_SOCKET_REFUSED']);

/** `f2b restart`: stop, and start with the options given here. `f2b restart JAIL` stops and starts one jail. */
export const command: Command = {
  options: [
    { key: 'unban', long: ['unban'], says: 'with a JAIL: lift its bans first' },
    { key: 'if-exists', long: ['if-exists'], says: 'a JAIL that does not exist is no mistake' },
  ],
  order: 'anywhere',
  async run(invocation) {
    if (invocation.args.length > 0) return await reload(invocation, ['--restart']);
    const { flags } = invocation;
    // A configuration that cannot be read must not cost the server that runs.
    await controlSocket(flags);
    try {
      await askDaemon(flags, ['stop']);
      process.stdout.write('Shutdown successful\n');
    } catch (error) {
      if (!(error instanceof CliError) || !notThere.has(error.code)) throw error;
      const { sayAsClient } = await import('../render/client-log.js');
      sayAsClient(flags, 'ERROR', error.message);
    }
    const { command: start } = await import('./start.js');
    return await start.run(invocation);
  },
};
