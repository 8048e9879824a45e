import { flagSpecs } from '../commandline/flags.js';
import { helpText } from '../commandline/help.js';
import { f2bVersion } from '../places/version.js';
import type { Command } from './command.js';
import { commands, type ListedCommand } from './table.js';

/** What `f2b -h` prints. */
export function generalHelp(): string {
  return helpText({
    name: 'f2b',
    usage: '[OPTIONS] COMMAND',
    about: `f2b ${f2bVersion()} reads this host's logs and bans who attacks it. It takes fail2ban-client's options and reads fail2ban's configuration.`,
    options: flagSpecs,
    commands,
  });
}

/** What `f2b COMMAND -h` prints. */
export function commandHelp({ name, operands, says }: ListedCommand, { options = [], alone, notes }: Command): string {
  return helpText({
    name: `f2b ${name}`,
    usage: `[OPTIONS] ${operands}`.trimEnd(),
    about: `${says[0]!.toUpperCase()}${says.slice(1).replace(/ \([a-z]+ -h\)$/, '')}.`,
    options,
    notes: `${alone ? '' : `The options of f2b itself may stand here too: f2b -h lists them.\n`}${notes ?? ''}`,
  });
}
