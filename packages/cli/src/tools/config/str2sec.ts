import { ConfigError, parseTime } from '@f2b/config';
import { failed } from '../../errors.js';
import { printable } from '../../printable.js';

/** Units that fail2ban computes with fractions: their seconds are printed as Python prints a float. */
const fractional = /[.]|(?<!\/)\/(?!\/)|\d\s*(?:mo|y)/i;

/** `f2b --str2sec TIME`: seconds, written as fail2ban-client writes them (`1y` is `31557600.0`). @returns the exit code */
export function printSeconds(text: string): number {
  try {
    const seconds = parseTime(text);
    const isFloat = !Number.isInteger(seconds) || fractional.test(text);
    process.stdout.write(`${seconds}${isFloat && Number.isInteger(seconds) ? '.0' : ''}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stdout.write(`ERROR: ${printable(`${error.what} ${error.advice}`)}\n`);
    return failed;
  }
}
