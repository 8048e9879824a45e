import type { Flags } from './commandline/flags.js';
import { readFlags } from './commandline/flags.js';
import { failed } from './commands/command.js';
import { commands } from './commands/table.js';
import { CliError, reasonOf } from './errors.js';
import { printable, printableText } from './printable.js';

/** Commands of fail2ban-client that an administrator will try. */
const later = new Set('reload restart set get add unban banned stats statistics'.split(' '));

/** The whole of `f2b`: flags, then one command, loaded only now. The exit code is set, not forced: output drains first. */
async function main(argv: readonly string[]): Promise<number> {
  const flags: Flags = { verbosity: 0 };
  try {
    const { operands } = readFlags(argv, flags);
    if (flags.version) return printVersion(flags.version);
    if (flags.help) return printUsage(0);
    refuseUnready(flags);
    const [name, ...words] = operands;
    const code = await flagCommands(flags, name !== undefined);
    if (code !== undefined) return code;
    if (name === undefined) return printUsage(failed);
    if (name === 'help') return printUsage(0);
    const load = commands.get(name);
    if (!load) {
      const what = later.has(name) ? 'is not in this version of f2b' : 'is no command';
      const advice =
        name === 'reload' || name === 'restart' ? 'f2b stop and f2b start do it' : 'f2b -h lists the commands';
      throw new CliError('F2B_USAGE', `Invalid command: '${name}' ${what}; ${advice}`);
    }
    const { command } = await load();
    if (command.ownWords) return await command.run({ flags, args: words, options: new Map() });
    const parsed = readFlags(words, flags, command.options);
    if (flags.help) return printUsage(0);
    return await command.run({ flags, args: parsed.operands, options: new Map(parsed.options) });
  } catch (error) {
    if (error instanceof CliError && error.code === 'F2B_USAGE') {
      process.stderr.write(`f2b: ${printable(error.message)}\n`);
      return failed;
    }
    const { sayAsClient } = await import('./commands/client-log.js');
    sayAsClient(flags, 'ERROR', reasonOf(error));
    if (!(error instanceof CliError) && flags.verbosity > 1 && error instanceof Error) {
      process.stderr.write(`${printableText(error.stack ?? '')}\n`);
    }
    return failed;
  }
}

/** fail2ban-client's flags that this version does not serve are refused in words: silence would look like success. */
function refuseUnready(flags: Flags): void {
  if (flags.interactive) throw new CliError('F2B_USAGE', 'option -i of fail2ban-client is not in this version of f2b');
}

/** `-d`, `-t` and their kin, which are commands of their own. @returns the exit code; undefined: go on with the command */
async function flagCommands(flags: Flags, hasCommand: boolean): Promise<number | undefined> {
  if (flags.dump === undefined && !flags.test && flags.str2sec === undefined) return undefined;
  const { runFlagCommands } = await import('./tools/config/flag-commands.js');
  return runFlagCommands(flags, hasCommand);
}

async function printVersion(form: 'short' | 'long'): Promise<number> {
  const { f2bVersion } = await import('./places/version.js');
  process.stdout.write(form === 'short' ? `${f2bVersion()}\n` : `f2b v${f2bVersion()}\n`);
  return 0;
}

async function printUsage(code: number): Promise<number> {
  const [{ usageText }, { f2bVersion }] = await Promise.all([
    import('./commandline/usage.js'),
    import('./places/version.js'),
  ]);
  process.stdout.write(usageText(f2bVersion()));
  return code;
}

let outputFailed = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closed its end (`f2b status | head -1`) is no error.
  if (error.code === 'EPIPE' || outputFailed) return;
  outputFailed = true;
  process.stderr.write(`f2b: the output cannot be written: ${error.message}\n`);
  process.exitCode = failed;
});
process.stderr.on('error', () => {});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = outputFailed ? failed : code;
});
