import type { Flags } from '../../commandline/flags.js';
import { failed } from '../../errors.js';

/**
 * The flags that are commands of their own: `--str2sec`, `-d`, `--dp`, `-t`. Each loads only what it needs: `-d` no regex engine.
 *
 * @param hasCommand a command follows, which `-t` lets run when the test is passed
 * @returns the exit code; undefined: go on with the command
 */
export async function runFlagCommands(flags: Flags, hasCommand: boolean): Promise<number | undefined> {
  if (flags.str2sec !== undefined) {
    const { printSeconds } = await import('./str2sec.js');
    return printSeconds(flags.str2sec);
  }
  let code: number | undefined;
  if (flags.dump !== undefined) {
    const { dumpConfiguration } = await import('./dump.js');
    code = dumpConfiguration(flags);
    if (!flags.test || code !== 0) return code;
  }
  if (flags.test) {
    const { testConfiguration } = await import('./test.js');
    if (!testConfiguration(flags)) return failed;
    if (hasCommand && code === undefined) return undefined;
    process.stdout.write('OK: configuration test is successful\n');
    return 0;
  }
  return code;
}
