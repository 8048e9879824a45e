/**
 * Ban orders to the kernel: one actor behind one door, with the built-in actions that keep addresses in the kernel and the commands of
 * `action.d` behind it; and the scripts of `ignorecommand`, which are bound and run as those are.
 *
 * @example
 * const firewall = openFirewall({ voice: { say: ({ message }) => console.log(message) }, ipv6: true, dryRun: { print: console.log } });
 * await firewall.startJail({ name: 'sshd', actions: settings.jails[0].actions });
 * const [outcome] = await firewall.submit({ kind: 'ban', jail: 'sshd', ticket });
 * if (!outcome.ok) console.log(outcome.error.code, outcome.error.message);
 * await firewall.stop();
 */
export {
  type Firewall,
  type FirewallJail,
  type FirewallLoad,
  type FirewallOptions,
  openFirewall,
  type Problem,
  type Rearranged,
  type Repair,
} from './actor/firewall.js';
export { conflictsOfBuiltins, mistakeInBuiltin } from './backends/builtin.js';
export { FirewallError, type FirewallErrorCode } from './errors.js';

export type * from './orders.js';
export { doubtfulIn, doubtfulTags } from './scripts/findings.js';
export { type IgnoreCommands, openIgnoreCommands } from './scripts/ignore-commands.js';
