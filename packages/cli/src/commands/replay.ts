import { replayNotes, replayOptionsOf, replaySpecs } from '../tools/replay/options.js';
import type { Command } from './command.js';

/** `f2b replay LOG... --jail JAIL [--set KEY=VALUE] [--against KEY=VALUE|JAIL]` */
export const command: Command = {
  options: replaySpecs,
  order: 'anywhere',
  alone: true,
  notes: replayNotes,
  async run({ flags, args, options: written }) {
    const options = replayOptionsOf(written, flags.conf);
    const [{ inWords }, { workersWorth }] = await Promise.all([
      import('../tools/regex/in-words.js'),
      import('../tools/regex/small-log.js'),
    ]);
    const worth = options.workers ?? Math.max(0, ...args.map(workersWorth));
    const workers = worth === 0 ? undefined : (await import('../tools/regex/workers.js')).startWorkers(worth);
    try {
      const { runReplay } = await import('../tools/replay/run.js');
      return await inWords(() => runReplay(options, args, workers));
    } finally {
      await workers?.close();
    }
  },
};
