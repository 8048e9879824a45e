import { CliError } from '../errors.js';
import { inWords } from '../tools/regex/in-words.js';
import { readRegexOptions } from '../tools/regex/options.js';
import type { Command } from './command.js';

/** `f2b regex LOG REGEX [IGNOREREGEX]` */
export const command: Command = {
  ownWords: true,
  async run({ flags, args }) {
    const { options, operands } = readRegexOptions(args);
    if (options.show !== undefined) {
      const { f2bVersion } = await import('../places/version.js');
      const { regexUsage } = await import('../tools/regex/usage.js');
      process.stdout.write(
        options.show === 'help'
          ? regexUsage()
          : options.show === 'V'
            ? `${f2bVersion()}\n`
            : `f2b regex ${f2bVersion()}\n`,
      );
      return 0;
    }
    if (operands.length < 2 || operands.length > 3) {
      const { regexUsage } = await import('../tools/regex/usage.js');
      process.stdout.write(regexUsage());
      throw new CliError(
        'F2B_USAGE',
        operands.length < 2 ? 'regex: provide both LOG and REGEX' : `regex takes no '${operands[3]}'`,
      );
    }
    // Workers start while the rest is loaded.
    const { workersFor } = await import('../tools/regex/log.js');
    const workers = workersFor(operands[0]!);
    try {
      const { runRegex } = await import('../tools/regex/run.js');
      return await inWords(() => runRegex(options, operands, flags, workers));
    } finally {
      await workers?.close();
    }
  },
};
