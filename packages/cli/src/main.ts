import { basename } from 'node:path';
import { type Flags, readFlags } from './commandline/flags.js';
import { readOptions, UnknownOption } from './commandline/read-options.js';
import { commands } from './commands/table.js';
import { CliError, failed, reasonOf } from './errors.js';
import { printable, printableText } from './printable.js';

/** Commands that f2b has under fail2ban-client's name alone. */
const classicOnly = new Set('set get multi-set multi-get add banned stats statistics sleep'.split(' '));

/** The whole of `f2b`: flags, then one command, loaded only now. The exit code is set, not forced: output drains first. */
async function main(argv: readonly string[]): Promise<number> {
  const flags: Flags = { verbosity: 0 };
  try {
    const { operands } = readFlags(argv, flags);
    if (flags.version) return printVersion(flags.version);
    if (flags.help) return printHelp(0);
    refuseUnready(flags);
    const [name, ...words] = operands;
    const code = await flagCommands(flags, name !== undefined);
    if (code !== undefined) return code;
    if (name === undefined) return printHelp(failed);
    if (name === 'help') return printHelp(0, words[0]);
    return await runCommand(name, words, flags);
  } catch (error) {
    if (error instanceof CliError && error.code === 'F2B_USAGE') {
      process.stderr.write(`f2b: ${printable(error.message + (await hintFor(error)))}\n`);
      return failed;
    }
    const { sayAsClient } = await import('./render/client-log.js');
    for (const line of reasonOf(error).split('\n')) sayAsClient(flags, 'ERROR', line);
    if (!(error instanceof CliError) && flags.verbosity > 1 && error instanceof Error) {
      process.stderr.write(`${printableText(error.stack ?? '')}\n`);
    }
    return failed;
  }
}

async function runCommand(name: string, words: readonly string[], flags: Flags): Promise<number> {
  const listed = commands.find((one) => one.name === name);
  if (listed === undefined) throw await noCommand(name);
  const { command } = await listed.load();
  const { options, operands } = command.alone
    ? readOptions(words, command.options ?? [], command.order, `${name}: `)
    : readFlags(words, flags, command.options, command.order);
  if (options.some(([key]) => key === 'help')) return printHelp(0, name);
  return await command.run({ flags, args: operands, options });
}

async function noCommand(name: string): Promise<CliError> {
  if (classicOnly.has(name)) {
    return new CliError(
      'F2B_USAGE',
      `'${name}' is a command of fail2ban-client, or of a link of that name to f2b: fail2ban-client ${name} …`,
    );
  }
  const near = await nearestOf(
    name,
    commands.map((one) => one.name),
  );
  const advice = near === undefined ? 'f2b -h lists the commands' : `did you mean '${near}'?`;
  return new CliError('F2B_USAGE', `Invalid command: '${name}' is no command; ${advice}`);
}

/** What a mistyped option was meant to be. */
async function hintFor(error: CliError): Promise<string> {
  if (!(error instanceof UnknownOption)) return '';
  const near = await nearestOf(error.option, error.options);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** Loaded for a mistake alone. */
async function nearestOf(word: string, words: readonly string[]): Promise<string | undefined> {
  const { nearest } = await import('@f2b/config');
  return nearest(word, words);
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

/** @param name the command that is asked about; undefined: f2b as a whole */
async function printHelp(code: number, name?: string): Promise<number> {
  const { commandHelp, generalHelp } = await import('./commands/help.js');
  const listed = name === undefined ? undefined : commands.find((one) => one.name === name);
  if (name !== undefined && listed === undefined) throw await noCommand(name);
  process.stdout.write(listed === undefined ? generalHelp() : commandHelp(listed, (await listed.load()).command));
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

/** By the name under which f2b was called: a link may have that of one of fail2ban's programs. */
async function calledAs(name: string, argv: readonly string[]): Promise<number> {
  switch (name) {
    case 'fail2ban-client':
    case 'fail2ban-server': {
      const { runClassic } = await import('./commands/classic/classic.js');
      return await runClassic(name, argv);
    }
    case 'fail2ban-regex':
      return await main(['regex', ...argv]);
    default:
      return await main(argv);
  }
}

const program = basename(process.argv[1] ?? '').replace(/\.js$/, '');

void calledAs(program, process.argv.slice(2)).then((code) => {
  process.exitCode = outputFailed ? failed : code;
});
