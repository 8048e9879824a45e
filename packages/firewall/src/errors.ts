import type { ErrorTable } from '@f2b/config';

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

/** What each code means, and what to do. */
export const firewallErrors = {
  F2B_FIREWALL_NOT_AN_ADDRESS: {
    means: 'What should be banned is no address and no network.',
    advice: 'Give the jail an action that takes text, or a filter whose `<HOST>` or `<F-ID>` holds an address.',
  },
  F2B_FIREWALL_EVERYBODY: {
    means: 'A ban would shut out every address there is.',
    advice: 'Ban a smaller network.',
  },
  F2B_FIREWALL_NO_COMMAND: {
    means: 'A command of the packet filter is not installed.',
    advice: 'Install it, or add its directory to `PATH`.',
  },
  F2B_FIREWALL_NOT_ALLOWED: {
    means: 'f2b may not change the firewall.',
    advice: 'Run it as root, or give it `CAP_NET_ADMIN`.',
  },
  F2B_FIREWALL_BUSY: {
    means: "Another program holds the firewall's lock.",
    advice: 'Look for what holds `/run/xtables.lock`.',
  },
  F2B_FIREWALL_HANGS: {
    means: 'A command of the packet filter did not end, and was killed.',
    advice: 'Run it by hand, to see what it waits for.',
  },
  F2B_FIREWALL_FAILED: {
    means: 'A command of the packet filter failed.',
    advice: 'Run it by hand with the rules that the debug log shows.',
  },
  F2B_FIREWALL_NO_FAMILY: {
    means: 'Addresses of one family, IPv4 or IPv6, cannot be banned on this host.',
    advice: 'Install what the message names, if the host uses that family.',
  },
  F2B_FIREWALL_OUTPUT: {
    means: 'A command printed more than f2b takes.',
    advice: 'Look at the size of the ruleset.',
  },
  F2B_FIREWALL_STOPPED: {
    means: "An order came after the firewall's end.",
    advice: 'Nothing, while f2b stops; else restart it.',
  },
  F2B_FIREWALL_FULL: {
    means: 'Too many orders wait at one action, and one was refused.',
    advice: "Find out why the action's commands are slow.",
  },
  F2B_FIREWALL_SET_FULL: {
    means: 'A set of banned addresses in the kernel is full, and a ban does not hold.',
    advice: "Raise `setsize` in the brackets behind the action's name.",
  },
  F2B_FIREWALL_SET_FOREIGN: {
    means: 'A set of the name that f2b wants is of another type, so it is not its own.',
    advice: 'Rename or destroy it, or give the action another `table`.',
  },
  F2B_FIREWALL_UNKNOWN_JAIL: {
    means: 'An order came from a jail that the firewall does not know.',
    advice: 'Start the jail before it bans.',
  },
  F2B_ACTION_PARAMETER: {
    means: 'A parameter of an action has a value that it cannot have.',
    advice: "Correct it in the brackets behind the action's name.",
  },
  F2B_ACTION_UNKNOWN_BUILTIN: {
    means: 'There is no built-in action of that name.',
    advice: 'Take one of those that the message lists.',
  },
  F2B_ACTION_TAGS: {
    means: 'A tag of an action cannot be replaced.',
    advice: "Correct the action's parameters.",
  },
  F2B_ACTION_FAILED: {
    means: 'A command of an action failed.',
    advice: 'Its output stands in the log just before; run it by hand.',
  },
  F2B_ACTION_START_FAILED: {
    means: "An action's `actionstart` failed, so it bans nobody.",
    advice: 'Its output stands in the log just before; run it by hand.',
  },
  F2B_ACTION_UNREPAIRABLE: {
    means: "An action's `actioncheck` fails, also after the repair.",
    advice: 'Run `actionstart` and `actioncheck` by hand.',
  },
  F2B_FIREWALL_NOT_STARTED: {
    means: 'A tool of the kernel could not be started: no file descriptor or no process was left.',
    advice: 'Raise the limit that the message names.',
  },
  F2B_ACTION_PLACE: {
    means: 'Two jails give a built-in action different parameters for one place in the kernel, where they would fight.',
    advice: 'Give both the same parameters, or another `table`.',
  },
  F2B_ACTION_PYTHON: {
    means: 'An action is a Python module, which f2b does not run.',
    advice: 'Use an action of commands in its place (`sendmail` for `smtp.py`).',
  },
  F2B_FIREWALL_DEFECT: {
    means: 'The firewall met with something that it does not expect.',
    advice: 'Report it with the lines around it.',
  },
  F2B_ACTION_TAG_PLACE: {
    means: "A tag stands where a log line's text would become part of a program, or where the program does not see it.",
    advice: 'Hand the value over as an argument; the finding shows how.',
  },
  F2B_IGNORE_COMMAND_ANSWER: {
    means: 'An `ignorecommand` did not say whether to ignore somebody, who is then counted.',
    advice: 'Let the command end with status 0 to ignore, with 1 not to, and in good time.',
  },
  F2B_IGNORE_COMMAND_SHED: {
    means: 'So many questions wait for an `ignorecommand` that one more is not asked; that failure is not counted.',
    advice: 'Make the command faster, or set `ignorecache`.',
  },
} as const satisfies ErrorTable;
export type FirewallErrorCode = keyof typeof firewallErrors;

function debianPackageOf(command: string): string {
  if (command === 'nft') return 'nftables';
  return command === 'ipset' ? 'ipset' : 'iptables';
}

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
      `${command} was not found; install it (Debian: apt-get install ${debianPackageOf(command)}) or add its directory to PATH`,
    ),
  notStarted: (command: string, why: string) =>
    new FirewallError('F2B_FIREWALL_NOT_STARTED', `${command} could not be started (${why})`),
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
  setFull: (set: string, size: number) =>
    new FirewallError(
      'F2B_FIREWALL_SET_FULL',
      `set ${set} is full with ${size} addresses; raise setsize in the brackets after the action's name`,
    ),
  setForeign: (set: string, type: string) =>
    new FirewallError(
      'F2B_FIREWALL_SET_FOREIGN',
      `there is a set ${set} already, of type ${type}, which is not f2b's; rename or destroy it, or give the action another table`,
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
  actionFailed: (command: string, how: string, whose?: string) =>
    new FirewallError(
      'F2B_ACTION_FAILED',
      `${command}${whose === undefined ? '' : ` for ${whose}`} ${how}; its output stands in the log just before`,
    ),
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
  sharedPlace: (action: string, place: string, other: string) =>
    new FirewallError(
      'F2B_ACTION_PLACE',
      `action ${action}: jail '${other}' has ${place} with other parameters, and the two would fight over it; give both jails the same parameters, or this one another table`,
    ),
  python: (path: string) =>
    new FirewallError(
      'F2B_ACTION_PYTHON',
      `${path} is a Python module, which f2b does not run; use an action of commands in its place (sendmail for smtp.py)`,
    ),
  defect: (what: string) =>
    new FirewallError('F2B_FIREWALL_DEFECT', `${what}: this should not happen; report it with the lines around it`),
  ignoreCommand: (command: string, how: string) =>
    new FirewallError('F2B_IGNORE_COMMAND_ANSWER', `ignorecommand '${command}' ${how}; 0 means ignore, 1 means do not`),
  ignoreCommandShed: (waiting: number) =>
    new FirewallError(
      'F2B_IGNORE_COMMAND_SHED',
      `${waiting} questions wait for an ignorecommand already, so this one is not asked; make the command faster, or set ignorecache`,
    ),
};

/** An error of ours as it is; anything else that was thrown is a defect of this package, under a code of its own. */
export function firewallError(error: unknown): FirewallError {
  if (error instanceof FirewallError) return error;
  return errors.defect(error instanceof Error ? error.message : String(error));
}
