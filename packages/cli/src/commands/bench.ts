import { readBenchOptions } from '../tools/bench/options.js';
import { inWords } from '../tools/regex/in-words.js';
import type { Command } from './command.js';

/** `f2b bench [LOG] [FILTER...]` */
export const command: Command = {
  ownWords: true,
  async run({ flags, args }) {
    const { options, operands } = readBenchOptions(args);
    if (options.help) {
      const { benchUsage } = await import('../tools/bench/usage.js');
      process.stdout.write(benchUsage());
      return 0;
    }
    const { runBench } = await import('../tools/bench/run.js');
    return await inWords(() => runBench(options, operands, flags));
  },
};
