import { benchOptionsOf, benchSpecs } from '../tools/bench/options.js';
import { benchNotes } from '../tools/bench/usage.js';
import { inWords } from '../tools/regex/in-words.js';
import type { Command } from './command.js';

/** `f2b bench [LOG] [FILTER...]` */
export const command: Command = {
  options: benchSpecs,
  order: 'anywhere',
  alone: true,
  notes: benchNotes,
  async run({ flags, args, options: written }) {
    const options = benchOptionsOf(written);
    const { runBench } = await import('../tools/bench/bench.js');
    return await inWords(() => runBench(options, args, flags));
  },
};
