import { readFileSync } from 'node:fs';
import type { OptionSpec } from '../../commandline/read-options.js';
import type { Reply } from '../../daemon/control/reply.js';
import type { ByHandReply } from '../../daemon/control/verbs/by-hand.js';
import { CliError } from '../../errors.js';

/** Sends one request to the daemon. */
export type Ask = (words: readonly string[]) => Promise<Extract<Reply, { ok: true }>['value']>;

export const jsonOption: OptionSpec = { key: 'json', long: ['json'], says: 'what became of each, as one JSON object' };

/** Characters of the names of one request: the server takes a quarter of a megabyte. */
const mostChars = 150_000;

/**
 * Addresses from the command line, and from the standard input where `-` stands among them or nothing does: apart by blanks, commas or
 * lines, `#` begins a comment.
 */
export function addressesOf(args: readonly string[], command: string): readonly string[] {
  const fromInput = args.includes('-') || (args.length === 0 && process.stdin.isTTY !== true);
  const input = fromInput ? readFileSync(0, 'utf8').replace(/#.*$/gm, '') : '';
  const all = [...args.filter((one) => one !== '-'), ...input.split(/[\s,]+/).filter((one) => one !== '')];
  if (all.length === 0)
    throw new CliError('F2B_USAGE', `${command}: name addresses or networks, or hand them in on the standard input`);
  return [...new Set(all)];
}

/** `--for TIME`, in seconds, as the words of a request have it; `-`: nothing was said. */
export async function timeOf(text: string | undefined, command: string): Promise<string> {
  if (text === undefined) return '-';
  const { ConfigError, parseTime } = await import('@f2b/config');
  try {
    const seconds = parseTime(text);
    if (seconds > 0) return String(seconds);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  throw new CliError('F2B_USAGE', `${command}: --for ${text}: write a time such as 90s, 10m, 1h 30m or 7d`);
}

/** Asks in as few requests as the names fit into, and puts the answers together. */
export async function askInParts(ask: Ask, head: readonly string[], names: readonly string[]): Promise<ByHandReply> {
  const whole = { done: [], already: [], allowed: [], invalid: [], notKept: undefined } as {
    -readonly [K in keyof ByHandReply]: ByHandReply[K] extends readonly (infer T)[] ? T[] : ByHandReply[K];
  };
  for (const part of partsOf(names)) {
    const reply = (await ask([...head, ...part])) as unknown as ByHandReply;
    whole.done.push(...reply.done);
    whole.already.push(...reply.already);
    whole.allowed.push(...reply.allowed);
    whole.invalid.push(...reply.invalid);
    whole.notKept ??= reply.notKept;
  }
  return whole;
}

function* partsOf(names: readonly string[]): Generator<readonly string[]> {
  let part: string[] = [];
  let chars = 0;
  for (const name of names) {
    if (chars + name.length > mostChars && part.length > 0) {
      yield part;
      part = [];
      chars = 0;
    }
    part.push(name);
    chars += name.length + 4;
  }
  if (part.length > 0) yield part;
}
