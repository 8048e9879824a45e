import type { Command } from './command.js';
/** `f2b explain JAIL|FILTER LINE` */
export const command: Command = {
  ownWords: true,
  async run({ flags, args }) {
    const { runExplain } = await import('../tools/explain/run.js');
    return await runExplain(args, flags);
  },
};
