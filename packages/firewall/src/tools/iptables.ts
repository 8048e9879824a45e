import type { Bytes, Milliseconds } from '@f2b/config';
import { errors } from '../errors.js';
import type { Family } from '../network.js';
import type { Exec } from '../process/exec.js';
import { quoted, type Speaker } from '../voice.js';
import { type Ruleset, readRuleset } from './ruleset.js';
import { assertDone } from './tool-result.js';

/** The packet filter of one family, through its command-line tools. */
export interface Iptables {
  /** Reads the filter table. @throws FirewallError that says what to do */
  read(): Promise<Ruleset>;
  /** Makes one atomic change of the filter table: all lines or none. @throws FirewallError that says what to do */
  change(lines: readonly string[]): Promise<void>;
}

/** Generous: `iptables-save` with 100,000 rule pairs prints 20 MB. */
const savedLimit: Bytes = 128 * 1024 * 1024;
/** How long the tools wait for the lock of another program, in seconds, as `-w` wants it. */
const lockWait = '10';

export function openIptables(family: Family, exec: Exec, voice: Speaker, timeout: Milliseconds): Iptables {
  const tool = family === 'inet4' ? 'iptables' : 'ip6tables';
  return {
    async read() {
      const argv = [`${tool}-save`, '-t', 'filter'];
      const result = await exec.run({ argv, timeout, outputLimit: savedLimit });
      assertDone(`${tool}-save`, result, timeout);
      if (result.truncated) throw errors.output(`${tool}-save`, savedLimit);
      return readRuleset(result.stdout);
    },
    async change(lines) {
      const input = restoreInput(lines);
      const argv = restoreCommand(family);
      const result = await exec.run({ argv, input, timeout, outputLimit: 64 * 1024 });
      if (result.exitCode !== 0) voice.debug(`${argv.join(' ')} was given ${quoted(input, 10_000)}`);
      assertDone(`${tool}-restore`, result, timeout);
    },
  };
}

export function restoreCommand(family: Family): readonly string[] {
  return [family === 'inet4' ? 'iptables-restore' : 'ip6tables-restore', '-w', lockWait, '--noflush'];
}

export function restoreInput(lines: readonly string[]): string {
  return `*filter\n${lines.join('\n')}\nCOMMIT\n`;
}
