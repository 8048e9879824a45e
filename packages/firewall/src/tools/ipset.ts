import type { Bytes, EpochMs, Milliseconds, Seconds } from '@f2b/config';
import { errors } from '../errors.js';
import { type Family, networkOf } from '../network.js';
import type { Exec } from '../process/exec.js';
import { quoted, type Speaker } from '../voice.js';
import { assertDone } from './tool-result.js';

/** A set as the kernel has it. */
export interface KernelSet {
  /** What it is made of, as `ipset` writes it: `hash:net`. */
  readonly type: string;
  readonly family: Family | undefined;
  /** How many entries it takes. */
  readonly size: number;
  /** Whether its entries end by themselves. */
  readonly timeouts: boolean;
  /** Canonical address to when it ends; infinite: never. */
  readonly entries: ReadonlyMap<string, EpochMs>;
}

/** The kernel's sets, through their command-line tool. */
export interface Ipset {
  /** @returns undefined where there is no such set. @throws FirewallError that says what to do */
  read(name: string): Promise<KernelSet | undefined>;
  /**
   * Runs the lines one after the other; what stands before a line that fails has been done.
   * @returns `full`: a set takes no more, and the lines from that one on were not run
   * @throws FirewallError that says what to do
   */
  change(lines: readonly string[]): Promise<'done' | 'full'>;
}

/** The kernel takes no longer time-out (2^32 milliseconds, halved). */
export const longestTimeout: Seconds = 2_147_483;

/** `ipset save` with a million addresses prints 50 MB. */
const savedLimit: Bytes = 256 * 1024 * 1024;

/** So many lines are one input: a hundred thousand at once would keep the event loop and the kernel's lock for long. */
const linesAtOnce = 20_000;

export interface IpsetEdge {
  readonly exec: Exec;
  readonly voice: Speaker;
  readonly clock: () => EpochMs;
  readonly timeout: Milliseconds;
}

export function openIpset({ exec, voice, clock, timeout }: IpsetEdge): Ipset {
  return {
    async read(name) {
      const argv = ['ipset', 'save', name];
      const result = await exec.run({ argv, timeout, outputLimit: savedLimit });
      if (result.exitCode !== 0 && /given name does not exist/.test(result.stderr)) return undefined;
      assertDone('ipset', result, timeout);
      if (result.truncated) throw errors.output('ipset', savedLimit);
      return readSet(result.stdout, clock());
    },
    async change(lines) {
      for (let from = 0; from < lines.length; from += linesAtOnce) {
        const input = restoreInput(lines.slice(from, from + linesAtOnce));
        const result = await exec.run({ argv: restoreCommand, input, timeout, outputLimit: 64 * 1024 });
        if (result.exitCode === 0) continue;
        voice.debug(`${restoreCommand.join(' ')} was given ${quoted(input, 10_000)}`);
        if (/Hash is full/.test(result.stderr)) return 'full';
        assertDone('ipset', result, timeout);
      }
      return 'done';
    },
  };
}

/** `-exist`: what is there already is set anew, what is gone already is no error. */
const restoreCommand: readonly string[] = ['ipset', '-exist', 'restore'];

function restoreInput(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** Reads one set out of what `ipset save` printed. */
export function readSet(saved: string, now: EpochMs): KernelSet | undefined {
  const entries = new Map<string, EpochMs>();
  let head: Omit<KernelSet, 'entries'> | undefined;
  for (const line of saved.split('\n')) {
    const words = line.split(' ');
    const after = (word: string) => {
      const at = words.indexOf(word);
      return at < 0 ? undefined : words[at + 1];
    };
    if (words[0] === 'create') {
      const family = after('family');
      head = {
        type: words[2] ?? '',
        family: family === 'inet' ? 'inet4' : family === 'inet6' ? 'inet6' : undefined,
        size: Number(after('maxelem') ?? 0),
        timeouts: words.includes('timeout'),
      };
    } else if (words[0] === 'add' && words[2] !== undefined) {
      const seconds = Number(after('timeout') ?? 0);
      try {
        entries.set(networkOf(words[2]).cidr, seconds === 0 ? Number.POSITIVE_INFINITY : now + seconds * 1_000);
      } catch {
        // An entry of another shape (with a port, an interface) is not one of ours.
      }
    }
  }
  return head === undefined ? undefined : { ...head, entries };
}

/** A set for a dry run: prints each command with exactly the input it would be given, and keeps the entries in memory only. */
export function simulateIpset(print: (line: string) => void, clock: () => EpochMs): Ipset {
  const sets = new Map<string, KernelSet & { readonly entries: Map<string, EpochMs> }>();
  return {
    async read(name) {
      return sets.get(name);
    },
    async change(lines) {
      print(`${restoreCommand.join(' ')} <<'EOF'`);
      for (const line of lines) print(line);
      print('EOF');
      for (const line of lines) apply(line, sets, clock());
      return 'done';
    },
  };
}

function apply(
  line: string,
  sets: Map<string, KernelSet & { readonly entries: Map<string, EpochMs> }>,
  now: EpochMs,
): void {
  const [verb, name = '', what = ''] = line.split(' ');
  if (verb === 'create') {
    const made = readSet(line, now);
    if (made !== undefined && !sets.has(name)) sets.set(name, { ...made, entries: new Map() });
  } else if (verb === 'destroy') sets.delete(name);
  else if (verb === 'del') sets.get(name)?.entries.delete(networkOf(what).cidr);
  else if (verb === 'add') {
    for (const [cidr, until] of readSet(line, now)?.entries ?? entriesOf(line, now))
      sets.get(name)?.entries.set(cidr, until);
  } else if (verb === 'swap') {
    const [one, other] = [sets.get(name), sets.get(what)];
    if (one !== undefined && other !== undefined) sets.set(name, other).set(what, one);
  }
}

function entriesOf(line: string, now: EpochMs): ReadonlyMap<string, EpochMs> {
  return readSet(`create x hash:net\n${line}`, now)!.entries;
}
