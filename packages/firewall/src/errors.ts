/** Every error of this package: a stable code, and a sentence that says what was wrong and what to do. */
export class FirewallError extends Error {
  override readonly name = 'FirewallError';

  constructor(
    readonly code: FirewallErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export type FirewallErrorCode =
  | 'F2B_FIREWALL_NOT_AN_ADDRESS'
  | 'F2B_FIREWALL_EVERYBODY'
  | 'F2B_FIREWALL_NO_COMMAND'
  | 'F2B_FIREWALL_NOT_ALLOWED'
  | 'F2B_FIREWALL_BUSY'
  | 'F2B_FIREWALL_HANGS'
  | 'F2B_FIREWALL_FAILED'
  | 'F2B_FIREWALL_NO_FAMILY'
  | 'F2B_FIREWALL_OUTPUT'
  | 'F2B_FIREWALL_STOPPED'
  | 'F2B_FIREWALL_FULL'
  | 'F2B_FIREWALL_UNKNOWN_JAIL'
  | 'F2B_ACTION_PARAMETER'
  | 'F2B_ACTION_UNKNOWN_BUILTIN'
  | 'F2B_ACTION_TAGS'
  | 'F2B_ACTION_FAILED'
  | 'F2B_ACTION_START_FAILED'
  | 'F2B_ACTION_UNREPAIRABLE';

export const errors = {
  notAnAddress: (id: string) =>
    new FirewallError(
      'F2B_FIREWALL_NOT_AN_ADDRESS',
      `${id} is neither an address nor a network, and the packet filter knows nothing else; give this jail an action that takes text, or a filter whose <HOST> or <F-ID> captures an address`,
    ),
  everybody: (id: string) =>
    new FirewallError(
      'F2B_FIREWALL_EVERYBODY',
      `${id} is every address there is, this host's administrator included; ban a smaller network`,
    ),
  noCommand: (command: string) =>
    new FirewallError(
      'F2B_FIREWALL_NO_COMMAND',
      `${command} was not found; install it (Debian: apt-get install iptables) or add its directory to PATH`,
    ),
  notAllowed: (command: string, said: string) =>
    new FirewallError(
      'F2B_FIREWALL_NOT_ALLOWED',
      `${command} may not change the firewall (${said}); run f2b as root or give it CAP_NET_ADMIN`,
    ),
  busy: (command: string, said: string) =>
    new FirewallError(
      'F2B_FIREWALL_BUSY',
      `${command} could not get the firewall's lock (${said}); look for another program that holds /run/xtables.lock`,
    ),
  hangs: (command: string, seconds: number) =>
    new FirewallError(
      'F2B_FIREWALL_HANGS',
      `${command} did not end within ${seconds} seconds and was killed; run it by hand to see what it waits for`,
    ),
  failed: (command: string, status: string, said: string) =>
    new FirewallError(
      'F2B_FIREWALL_FAILED',
      `${command} failed (${status}): ${said}; run it by hand with the rules that the debug log shows`,
    ),
  noFamily: (family: string, why: string) =>
    new FirewallError('F2B_FIREWALL_NO_FAMILY', `${family} addresses cannot be banned: ${why}`),
  output: (command: string, bytes: number) =>
    new FirewallError(
      'F2B_FIREWALL_OUTPUT',
      `${command} printed more than ${bytes} bytes, so what it said cannot be trusted to be whole; look at the size of the ruleset`,
    ),
  stopped: () =>
    new FirewallError('F2B_FIREWALL_STOPPED', 'the firewall has been stopped and takes no more orders; start it again'),
  full: (waiting: number) =>
    new FirewallError(
      'F2B_FIREWALL_FULL',
      `${waiting} orders wait at this action already, so this one was refused; find out why its commands are slow`,
    ),
  unknownJail: (jail: string) =>
    new FirewallError(
      'F2B_FIREWALL_UNKNOWN_JAIL',
      `the firewall knows no jail named ${jail}; start the jail before it bans`,
    ),
  parameter: (action: string, name: string, value: string, wanted: string) =>
    new FirewallError(
      'F2B_ACTION_PARAMETER',
      `action ${action}: parameter ${name} is ${value}, but must be ${wanted}; correct it in the brackets after the action's name`,
    ),
  unknownBuiltin: (action: string, known: readonly string[]) =>
    new FirewallError(
      'F2B_ACTION_UNKNOWN_BUILTIN',
      `there is no built-in action ${action}; the built-in ones are: ${known.join(', ')}`,
    ),
  tags: (tag: string, why: string) =>
    new FirewallError('F2B_ACTION_TAGS', `tag <${tag}> cannot be replaced: ${why}; correct the action's parameters`),
  actionFailed: (command: string, how: string) =>
    new FirewallError('F2B_ACTION_FAILED', `${command} ${how}; its output stands in the log just before`),
  startFailed: (action: string, how: string) =>
    new FirewallError(
      'F2B_ACTION_START_FAILED',
      `action ${action} could not be started: actionstart ${how}; its output stands in the log just before`,
    ),
  unrepairable: (action: string) =>
    new FirewallError(
      'F2B_ACTION_UNREPAIRABLE',
      `action ${action}: actioncheck still fails after the repair; run actionstart and actioncheck by hand`,
    ),
};

/** The sentence of an error of ours, or of anything else that was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
