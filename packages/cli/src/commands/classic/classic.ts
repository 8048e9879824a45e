import { type Flags, readFlags } from '../../commandline/flags.js';
import { CliError, failed, reasonOf } from '../../errors.js';
import { sayAsClient } from '../../render/client-log.js';
import { type ClassicName, classicUsage } from './usage.js';

/**
 * f2b under the name of fail2ban-client or fail2ban-server: their options, commands, words and exit codes. What the client does not know
 * is asked of the server, which answers as fail2ban's does.
 * @returns the exit code: 0 or 255
 */
export async function runClassic(name: ClassicName, argv: readonly string[]): Promise<number> {
  const flags: Flags = { verbosity: 0 };
  let words: readonly string[];
  try {
    words = readFlags(argv, flags).operands;
  } catch (error) {
    process.stdout.write(`${reasonOf(error)}\n${classicUsage(name)}`);
    return failed;
  }
  if (flags.help || words[0] === 'help') return print(classicUsage(name));
  if (flags.version) return await printVersion(flags.version);
  try {
    if (flags.dump !== undefined || flags.test || flags.str2sec !== undefined) {
      const { runFlagCommands } = await import('../../tools/config/flag-commands.js');
      const code = await runFlagCommands(flags, words.length > 0);
      if (code !== undefined) return code;
    }
    if (flags.interactive) {
      const { interact } = await import('./interactive.js');
      return await interact(flags);
    }
    if (words.length === 0 && name === 'fail2ban-client') {
      process.stdout.write(classicUsage(name));
      return failed;
    }
    const { runWords } = await import('./words.js');
    return await runWords(flags, words.length === 0 ? ['start'] : words, name);
  } catch (error) {
    for (const line of reasonOf(error).split('\n')) sayAsClient(flags, 'ERROR', line);
    if (!(error instanceof CliError) && flags.verbosity > 1 && error instanceof Error) {
      process.stderr.write(`${error.stack ?? ''}\n`);
    }
    return failed;
  }
}

/** Scripts compare it with versions of fail2ban: it is the one whose behaviour this is. */
async function printVersion(form: 'short' | 'long'): Promise<number> {
  const [{ fail2banVersion }, { f2bVersion }] = await Promise.all([
    import('@f2b/config'),
    import('../../places/version.js'),
  ]);
  return print(form === 'short' ? `${fail2banVersion}\n` : `Fail2Ban v${fail2banVersion} (f2b v${f2bVersion()})\n`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
