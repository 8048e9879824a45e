import { readFlags } from '../commandline/flags.js';
import type { OptionSpec } from '../commandline/getopt.js';
import { CliError } from '../errors.js';
import { configurationDirectory, mayLackLogs } from '../places/configuration-directory.js';
import { printable, printableJson } from '../printable.js';
import type { Command, Invocation } from './command.js';

const options: readonly OptionSpec[] = [{ key: 'json', long: ['json'], value: false }];

const usage = [
  'Usage: f2b config show JAIL [KEY] [--json]    each setting of a jail, the place that set it, and what that overrode',
  '       f2b config check [--json]              what is wrong, where, and what to do; exit status 1 if anything is an error',
  '       -c DIR names the configuration directory',
];

/** `f2b config show JAIL [KEY]`, `f2b config check`: what the configuration says, and what is wrong with it. */
export const command: Command = {
  ownWords: true,
  async run(invocation) {
    const { operands, json } = permuted(invocation);
    if (invocation.flags.help) {
      print(usage);
      return 0;
    }
    const [verb, ...words] = operands;
    if (verb === 'show') return await show(invocation, words, json);
    if (verb === 'check') return await check(invocation, words, json);
    throw new CliError('F2B_USAGE', 'config: write f2b config show JAIL [KEY] or f2b config check');
  },
};

/** Options may stand between the words and behind them, where people write them. */
function permuted({ flags, args }: Invocation): { operands: string[]; json: boolean } {
  const operands: string[] = [];
  let json = false;
  let rest = args;
  for (;;) {
    const parsed = readFlags(rest, flags, options);
    json ||= parsed.options.some(([key]) => key === 'json');
    const [word, ...more] = parsed.operands;
    if (word === undefined) return { operands, json };
    operands.push(word);
    rest = more;
  }
}

async function show({ flags }: Invocation, words: readonly string[], json: boolean): Promise<number> {
  const [jail, key, surplus] = words;
  if (jail === undefined) throw new CliError('F2B_USAGE', 'config show: name a jail: f2b config show JAIL [KEY]');
  if (surplus !== undefined) throw new CliError('F2B_USAGE', `config show JAIL [KEY] takes no '${surplus}'`);
  const { explainSettings, renderExplanation } = await import('../tools/config/show.js');
  const explanation = explainSettings(configurationDirectory(flags.conf).path, jail, key);
  print(json ? [printableJson(explanation, 2)] : renderExplanation(explanation).map(printable));
  return 0;
}

async function check({ flags }: Invocation, words: readonly string[], json: boolean): Promise<number> {
  if (words[0] !== undefined) throw new CliError('F2B_USAGE', `config check takes no '${words[0]}'`);
  const [{ checkConfiguration }, { checkAsJson, renderConfigurationCheck }] = await Promise.all([
    import('../tools/config/check.js'),
    import('../tools/config/render-check.js'),
  ]);
  const { path, why } = configurationDirectory(flags.conf);
  const result = checkConfiguration({ directory: path, lint: true, allowMissingLogs: mayLackLogs(path) });
  if (!json && flags.verbosity > 0) print([`# ${printable(path)} (${why})`]);
  print(json ? [printableJson(checkAsJson(result), 2)] : renderConfigurationCheck(result));
  return result.ok ? 0 : 1;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
