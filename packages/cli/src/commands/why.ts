import type { Story } from '@f2b/core';
import { CliError } from '../errors.js';
import { printableJson } from '../printable.js';
import { coloursFor, mayColour } from '../render/colours.js';
import { renderStory } from '../render/story.js';
import { askDaemon } from './ask-daemon.js';
import { type Command, has } from './command.js';

/** Nothing is known of who was asked for. */
const unknown = 1;

/** `f2b why ID`: what befell an address, how it stands with each jail, and what its next failure would do. */
export const command: Command = {
  options: [{ key: 'json', long: ['json'], says: 'one JSON object' }],
  order: 'anywhere',
  notes: `ID is an address, or whatever else a filter's <F-ID> names.
What happened is remembered since the daemon was started, of who was active last; bans and failures that count outlive it.

Exit status: 0 something is known of it; 1 nothing is; 255 the daemon could not be asked.
`,
  async run(invocation) {
    const { flags, args } = invocation;
    const [id, surplus] = args;
    if (id === undefined) throw new CliError('F2B_USAGE', 'why: name an address: f2b why 192.0.2.1');
    if (surplus !== undefined) throw new CliError('F2B_USAGE', `why takes one address at a time, not '${surplus}' too`);
    const story = (await askDaemon(flags, ['why', id])) as unknown as Story | null;
    if (story === null) throw new CliError('F2B_JAIL_STARTING', 'the server is being started: ask again in a moment');
    const text = has(invocation, 'json')
      ? printableJson(story)
      : renderStory(story, coloursFor(mayColour(process.stdout))).join('\n');
    process.stdout.write(`${text}\n`);
    const { jails, remembered } = story;
    const known = jails.some(({ outlook: { ban, counted, ignored, bancount } }) => {
      return ban !== undefined || counted > 0 || ignored !== undefined || bancount > 0;
    });
    return known || remembered.occurrences.length > 0 ? 0 : unknown;
  },
};
