import { CliError } from '../errors.js';
import { inWords } from '../tools/regex/in-words.js';
import { regexOptionsOf, regexSpecs } from '../tools/regex/options.js';
import { workersWorth } from '../tools/regex/small-log.js';
import { regexNotes } from '../tools/regex/usage.js';
import type { Command } from './command.js';

/** `f2b regex LOG REGEX [IGNOREREGEX]` */
export const command: Command = {
  options: regexSpecs,
  order: 'anywhere',
  alone: true,
  notes: regexNotes,
  async run({ flags, args, options: written }) {
    const options = regexOptionsOf(written);
    if (options.show !== undefined) {
      const { f2bVersion } = await import('../places/version.js');
      process.stdout.write(options.show === 'V' ? `${f2bVersion()}\n` : `f2b regex ${f2bVersion()}\n`);
      return 0;
    }
    if (args.length < 2) {
      throw new CliError('F2B_USAGE', 'regex: provide both LOG and REGEX; f2b regex -h says what they may be');
    }
    if (args.length > 3) throw new CliError('F2B_USAGE', `regex takes no '${args[3]}'`);
    // Workers start while the rest is loaded; a small log does without, and without what they are made of.
    const worth = workersWorth(args[0]!);
    const workers = worth === 0 ? undefined : (await import('../tools/regex/workers.js')).startWorkers(worth);
    try {
      const { runRegex } = await import('../tools/regex/run.js');
      return await inWords(() => runRegex(options, args, flags, workers));
    } finally {
      await workers?.close();
    }
  },
};
