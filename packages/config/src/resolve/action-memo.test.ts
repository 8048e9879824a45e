import { expect, it } from 'vitest';
import { memoryEdge } from '../syntax/memory-edge.js';
import { readSettings } from './settings.js';

const action = `
[Definition]
actionstart = start <name> <port> <unset> <mode-<kind>>
actionban = ban %(name)s <ip> on <port> in <chain> after <bantime>
actionunban = %(ban_of)s
ban_of = unban <maxretry> <extra>
norestored = <kind>
actionban?x = <port>
[Init]
port = 0
chain = INPUT
extra = <chain> <port>
mode-1 = one <name>
mode-a b = never
extra?family=inet6 = six <port>
`;

/** Five jails with these arguments: the first is read the plain way, the second makes the template, the others fill it. */
function actionsOf(args: (jail: number) => string, thorough: boolean) {
  let jails = '[DEFAULT]\nenabled = true\nfailregex = x\nmaxretry = %(__name__)s\n';
  for (let jail = 0; jail < 5; jail++) jails += `[${jail}]\naction = act[${args(jail)}]\n`;
  const fs = memoryEdge({ '/etc/f/jail.conf': jails, '/etc/f/action.d/act.conf': action });
  const { jails: read, skipped } = readSettings({ directory: '/etc/f', fs, thorough, allowMissingLogs: true });
  return { actions: read.map((jail) => jail.actions), skipped };
}

// A thorough reading has no templates.
it.each<[string, (jail: number) => string]>([
  ['values that differ', (jail) => `port="${jail},22", kind=${jail}, chain=C`],
  ['the same value each time', () => 'port=22, kind=1'],
  ['values that tags are put together with', (jail) => `kind=${jail % 2}, port=1`],
  ['values with blanks in a tag', (jail) => `kind="a b", port=${jail}`],
  ['empty values', (jail) => `kind=, port=${jail % 2 === 0 ? '' : 7}`],
  ['values that are tags', (jail) => `chain="<known/chain>", port="${jail}", extra="<port><chain>"`],
  ['values that refer to others', (jail) => `chain="%%(name)s", port="${jail}"`],
  ['values that half a tag is in', (jail) => `chain="<", port="port>", extra=${jail}`],
  ['a command as an argument', (jail) => `actionban="b ${jail}", name=n${jail}`],
  ['a name for the action', (jail) => `actname=x${jail}, port=${jail}`],
  ['long values', (jail) => `port="${'9'.repeat(990 + 10 * jail)}"`],
  ['a tag that refers to itself in some jails', (jail) => `port="${jail === 3 ? '<port>' : jail}"`],
])('an action that many jails call is read as if each were alone: %s', (_, args) => {
  const expected = actionsOf(args, true);
  expect(actionsOf(args, false)).toEqual(expected);
  expect(expected.actions.length + expected.skipped.length).toBe(5);
});
