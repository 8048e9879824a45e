import type { Flags } from '../../commandline/flags.js';
import { ask } from '../../daemon/control/client.js';
import type { Reply } from '../../daemon/control/reply.js';
import { CliError, failed } from '../../errors.js';
import { configurationDirectory } from '../../places/configuration-directory.js';
import { controlSocket } from '../../places/control-socket.js';
import { printableText } from '../../printable.js';
import { renderClassic, repr } from '../../render/classic.js';
import { sayAsClient } from '../../render/client-log.js';
import type { ClassicName } from './usage.js';

/** Nobody is there to be asked. */
const unreachable = new Set(['F2B_NO_SOCKET', 'F2B_SOCKET_REFUSED']);

/** Runs one command of fail2ban-client. @returns the exit code. @throws CliError where there is no server */
export async function runWords(flags: Flags, words: readonly string[], name: ClassicName): Promise<number> {
  const [verb = '', ...rest] = words;
  switch (verb) {
    case 'start':
      return rest.length === 0 ? await start(flags, name) : await tell(flags, words);
    case 'restart':
      return rest.length === 0 ? await restart(flags, name) : await reload(flags, ['--restart', ...rest]);
    case 'reload':
      return await reload(flags, rest);
    case 'ping': {
      const seconds = rest[0] === undefined ? undefined : Number(rest[0]);
      if (seconds !== undefined && !(seconds >= 0))
        throw new CliError('F2B_USAGE', `ping ${rest[0]}: give a number of seconds`);
      return await tell({ ...flags, ...(seconds !== undefined && { timeoutSeconds: seconds }) }, ['ping']);
    }
    default:
      return await tell(flags, words);
  }
}

/** Has a command carried out and prints what fail2ban-client would. */
async function tell(flags: Flags, words: readonly string[]): Promise<number> {
  const reply = await askServer(flags, words);
  return reply.ok ? print(renderClassic(words, reply.value)) : refused(flags, reply);
}

async function askServer(flags: Flags, words: readonly string[]): Promise<Reply> {
  const timeout = flags.timeoutSeconds === undefined ? undefined : flags.timeoutSeconds * 1000;
  return ask(await controlSocket(flags), words, { timeout });
}

async function reload(flags: Flags, words: readonly string[]): Promise<number> {
  const names = words.filter((word) => !['--restart', '--unban', '--if-exists'].includes(word));
  if (names.length > 1) {
    throw new CliError(
      'F2B_USAGE',
      `Unexpected argument(s) for reload: [${names.map((one) => `'${one}'`).join(', ')}]`,
    );
  }
  try {
    const reply = await askServer(flags, ['reload', ...words]);
    if (reply.ok) return print('OK');
    if (reply.code === 'F2B_UNKNOWN_JAIL' && names[0] !== undefined) await refuseUnknownSection(flags, names[0]);
    return refused(flags, reply);
  } catch (error) {
    if (error instanceof CliError && unreachable.has(error.code))
      throw new CliError(error.code, 'Could not find server');
    throw error;
  }
}

/** With fail2ban-server's name the process that stays has it too, so that whoever looks for it by name finds it. */
async function start(flags: Flags, name: ClassicName): Promise<number> {
  const { command } = await import('../start.js');
  const pname = flags.pname ?? (name === 'fail2ban-server' ? name : undefined);
  return await command.run({ flags: { ...flags, ...(pname !== undefined && { pname }) }, args: [], options: [] });
}

async function restart(flags: Flags, name: ClassicName): Promise<number> {
  try {
    await tell(flags, ['stop']);
  } catch (error) {
    if (!(error instanceof CliError) || !unreachable.has(error.code)) throw error;
    sayAsClient(flags, 'ERROR', error.message);
  }
  return await start(flags, name);
}

function refused(flags: Flags, { code, message }: Exclude<Reply, { readonly ok: true }>): number {
  sayAsClient(flags, 'ERROR', `NOK: (${repr(argumentOf(code, message))},)`);
  print(printableText(message));
  return failed;
}

/** What fail2ban's server would have raised its exception with, where its client has other words for that. */
function argumentOf(code: string, message: string): string {
  if (code === 'F2B_UNKNOWN_JAIL') return /'(.*)'/.exec(message)?.[1] ?? message;
  return message === 'Sorry but the command is invalid' ? 'list index out of range' : message;
}

/** fail2ban's client reads the configuration before it asks, and knows a section that is not there. */
async function refuseUnknownSection(flags: Flags, jail: string): Promise<void> {
  const { ConfigError, readSettings } = await import('@f2b/config');
  try {
    readSettings({ directory: configurationDirectory(flags.conf).path, jail, allowMissingLogs: true });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError('F2B_UNKNOWN_JAIL', `Failed during configuration: ${error.what}`);
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
