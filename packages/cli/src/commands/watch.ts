import type { ReplyValue } from '../daemon/control/reply.js';
import { lineTime } from '../daemon/voice/line-format.js';
import { printable, printableJson } from '../printable.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has } from './command.js';

const words: Readonly<Record<string, string>> = { found: 'Found', ban: 'Ban', unban: 'Unban', repeal: 'Repeal Ban' };

/** `f2b watch [JAIL...]`: a line for each failure, ban and unban, until it is interrupted or the server ends. */
export const command: Command = {
  options: [{ key: 'json', long: ['json'], says: 'a JSON object for each' }],
  async run(invocation) {
    const { flags, args } = invocation;
    const json = has(invocation, 'json');
    // Whoever read the lines (`f2b watch | head`) has seen enough.
    process.stdout.once('error', () => process.exit(0));
    await askDaemon(flags, ['watch', ...args], (item) => {
      const line = json ? printableJson(item) : eventLine(item);
      if (line !== undefined) process.stdout.write(`${line}\n`);
    });
    process.stderr.write('f2b: the server has ended, and nothing more happens\n');
    return 0;
  },
};

/** `2026-11-28 10:00:00,123 [sshd] Ban 192.0.2.1`; undefined for what is no news to a person. */
function eventLine(item: ReplyValue): string | undefined {
  const { event, time, jail, id, count, simulated } = item as { readonly [key: string]: ReplyValue };
  if (event === 'watching') return undefined;
  if (event === 'lost') return `${count} events were not shown: they came faster than they were read`;
  const word = words[String(event)] ?? String(event);
  const what = simulated === true ? `Simulated: would ${word.toLowerCase()}` : word;
  return printable(`${lineTime(Number(time))} [${jail}] ${what} ${id}`);
}
