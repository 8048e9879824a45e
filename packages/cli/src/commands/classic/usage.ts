import { flagSpecs } from '../../commandline/flags.js';
import { helpText } from '../../commandline/help.js';
import { f2bVersion } from '../../places/version.js';

/** The names of fail2ban's programs under which f2b may be called, beside `fail2ban-regex`. */
export type ClassicName = 'fail2ban-client' | 'fail2ban-server';

const commands = [
  { name: 'start', operands: '[JAIL]', says: 'start the server, or a jail of it' },
  { name: 'stop', operands: '[JAIL|--all]', says: 'stop the server, or jails of it' },
  { name: 'restart', operands: '[JAIL]', says: 'stop and start the server, or a jail' },
  { name: 'reload', operands: '[--restart] [--unban] [--if-exists] [JAIL|--all]', says: 'read the configuration anew' },
  { name: 'status', operands: '[JAIL [FLAVOR]|--all]', says: 'what the server, or a jail, is doing' },
  { name: 'stats', operands: '', says: 'a table of all jails' },
  { name: 'ping', operands: '[SECONDS]', says: 'is the server alive?' },
  { name: 'version', operands: '', says: "the server's version" },
  { name: 'banned', operands: '[IP...]', says: 'who is banned where' },
  { name: 'unban', operands: '--all|IP...', says: 'lift bans in all jails' },
  { name: 'get', operands: '[JAIL] SETTING', says: 'a setting of the server or of a jail' },
  {
    name: 'set',
    operands: '[JAIL] SETTING VALUE...',
    says: 'change one until the next reload; set JAIL banip|unbanip IP... bans, unbans',
  },
  { name: 'flushlogs', operands: '', says: 'open the log file anew' },
  { name: 'echo', operands: 'WORD...', says: 'have the server send words back' },
];

/** fail2ban's own settings are named in its manual; all of them are understood. */
export function classicUsage(name: ClassicName): string {
  return helpText({
    name,
    usage: name === 'fail2ban-client' ? '[OPTIONS] <COMMAND>' : '[OPTIONS]',
    about: `f2b ${f2bVersion()} under the name of ${name}: reads logs and bans who attacks.`,
    options: flagSpecs,
    commands,
  });
}
