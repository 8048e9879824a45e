import { ConfigError } from '@f2b/config';
import { FilterError } from '@f2b/matcher';
import { CliError, failed } from '../../errors.js';
import { printableText } from '../../printable.js';

/** Runs a command that speaks to a person at a terminal: what went wrong is said as `ERROR: …`, as fail2ban-regex does. */
export async function inWords(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const expected = error instanceof ConfigError || error instanceof FilterError || error instanceof CliError;
    if (!expected || (error instanceof CliError && error.code === 'F2B_USAGE')) throw error;
    process.stderr.write(`ERROR: ${printableText(error.message)}\n`);
    return failed;
  }
}
