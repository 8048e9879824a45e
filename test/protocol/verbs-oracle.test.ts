import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonToSkip } from '../requirements.js';
import { type Answer, BothServers } from './both-servers.js';
import { commands, wordsOf } from './commands.js';
import { sequenceOfCommands } from './sequences.js';

const cannot = reasonToSkip('fail2ban-server', 'fail2ban-client', 'namespaces');
const both = new BothServers();

/** The single addresses of an ignore list come in no order in fail2ban, which keeps them in a set. */
function inOrder({ code, value, shown }: Answer, words: readonly string[]): Answer {
  if (!words.some((word) => /^(?:add|del)?ignoreip$/.test(word))) return { code, value, shown };
  const sorted = (text: string, parts: RegExp) => (text.match(parts) ?? []).sort().join(' ');
  return { code, value: sorted(value, /[\w.:/-]+/g), shown: sorted(shown, /[\w.:/]+/g) };
}

/** Both answers where they differ; undefined where they are the same. */
async function difference(words: readonly string[]): Promise<unknown> {
  const [fail2ban, f2b] = (await both.ask(words)).map((answer) => inOrder(answer, words));
  return JSON.stringify(fail2ban) === JSON.stringify(f2b) ? undefined : { words, fail2ban, f2b };
}

describe.skipIf(cannot)("fail2ban's client", () => {
  beforeAll(() => both.start(), 120_000);
  afterAll(() => both.stop());

  it('is answered by f2b as by fail2ban, whatever it asks', async () => {
    const differences: unknown[] = [];
    for (const command of commands) {
      const found = await difference(wordsOf(command));
      if (found !== undefined) differences.push(found);
    }
    console.info(`${commands.length} commands, ${commands.length - differences.length} answered alike`);
    expect(differences).toEqual([]);
  }, 120_000);

  it('is answered alike whatever it asked before', async () => {
    // biome-ignore lint/suspicious/noUndeclaredEnvVars: a person's wish for more of them; no cached task depends on it
    const runs = Number(process.env.F2B_SEQUENCES ?? 40);
    const differences: unknown[] = [];
    let asked = 0;
    for (const [number, sequence] of fc.sample(sequenceOfCommands, runs).entries()) {
      for (const words of sequence) {
        asked += 1;
        const found = await difference(words);
        if (found !== undefined) differences.push({ number, found });
      }
    }
    const different = new Set(differences.map((one) => (one as { number: number }).number)).size;
    console.info(`${runs} sequences of ${asked} commands, ${different} different`);
    expect(differences.slice(0, 5)).toEqual([]);
  }, 600_000);
});
