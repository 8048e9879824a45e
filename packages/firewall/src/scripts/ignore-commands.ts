import type { Milliseconds } from '@f2b/config';
import { errors } from '../errors.js';
import type { Ticket } from '../orders.js';
import { startAdvice } from '../process/advice.js';
import { capacityFor, openFilesLimit } from '../process/capacity.js';
import { type Exec, openExec } from '../process/exec.js';
import { Gate } from '../process/gate.js';
import { bindScript, readScript, type Script } from './binding.js';
import { systemReverse } from './reverse.js';
import { StaticTags } from './static-tags.js';
import { dynamicValues, noCounts, type TagSources } from './tags.js';

/** The `ignorecommand`s of all jails: scripts that are asked whether a failure counts. */
export interface IgnoreCommands {
  /**
   * Asks one: true means "ignore".
   *
   * @throws FirewallError `F2B_IGNORE_COMMAND_SHED` where too many wait already, `F2B_IGNORE_COMMAND_ANSWER` where it said neither yes nor no
   */
  ask(command: string, jail: string, ticket: Ticket): Promise<boolean>;
  /** How many run, and how many wait for their turn. */
  readonly running: number;
  readonly waiting: number;
}

export interface IgnoreCommandsOptions {
  /** How many run at once; default: what the limit on open files allows, at most 16. */
  readonly atOnce?: number;
  /** How many may wait for their turn. */
  readonly mostWaiting?: number;
  readonly timeout?: Milliseconds;
  readonly sources?: Partial<TagSources>;
  readonly exec?: Exec;
}

/** fail2ban's rule. */
const defaultTimeout: Milliseconds = 60_000;
const reverseTimeout: Milliseconds = 2_000;
const defaultMostWaiting = 20_000;
/** Commands of different jails; more than these are read anew each time. */
const mostScripts = 1_000;

/** Opens the runner of `ignorecommand`s, which has a limit of its own: however slow they are, bans do not wait for them. */
export function openIgnoreCommands(options: IgnoreCommandsOptions = {}): IgnoreCommands {
  const gate = new Gate(
    options.atOnce ?? capacityFor(openFilesLimit()).questions,
    options.mostWaiting ?? defaultMostWaiting,
  );
  // The gate stands in front of the binding too: what waits is a ticket, and nothing that has been read or looked up for it.
  const exec = options.exec ?? openExec({ gate: new Gate(Number.POSITIVE_INFINITY) });
  const timeout = options.timeout ?? defaultTimeout;
  const sources: TagSources = {
    reverse: systemReverse(reverseTimeout),
    reverseTimeout,
    counts: () => noCounts,
    remembered: async () => undefined,
    ...options.sources,
  };
  const scripts = new Map<string, Script>();
  const scriptOf = (command: string): Script => {
    const known = scripts.get(command);
    if (known !== undefined) return known;
    const script = readScript(StaticTags.fixed(command));
    if (scripts.size >= mostScripts) scripts.clear();
    scripts.set(command, script);
    return script;
  };
  const run = async (command: string, jail: string, ticket: Ticket): Promise<boolean> => {
    const script = scriptOf(command);
    const values = await dynamicValues(script.tags, { ticket, jail, family: undefined }, sources);
    const bound = bindScript(script, (tag) => values.get(tag));
    const argv = ['/bin/sh', '-c', bound.script, ...bound.values];
    const result = await exec.run({ argv, timeout, outputLimit: 0 });
    if (result.exitCode === 0) return true;
    if (result.exitCode === 1) return false;
    throw errors.ignoreCommand(command, result.timedOut ? 'did not end in time' : `ended with ${howEnded(result)}`);
  };
  return {
    async ask(command, jail, ticket) {
      if (gate.full) throw errors.ignoreCommandShed(gate.waiting);
      return gate.pass(() => run(command, jail, ticket));
    },
    get running() {
      return gate.running;
    },
    get waiting() {
      return gate.waiting;
    },
  };
}

function howEnded(result: {
  exitCode: number | undefined;
  signal: string | undefined;
  notStarted: string | undefined;
}): string {
  if (result.notStarted !== undefined) return `${result.notStarted}${startAdvice(result.notStarted)}`;
  return String(result.exitCode ?? result.signal);
}
