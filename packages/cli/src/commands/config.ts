import { CliError } from '../errors.js';
import { configurationDirectory, mayLackLogs } from '../places/configuration-directory.js';
import { printable, printableJson } from '../printable.js';
import { type Command, has, type Invocation } from './command.js';

/** `f2b config show JAIL [KEY]`, `f2b config check`: what the configuration says, and what is wrong with it. */
export const command: Command = {
  options: [{ key: 'json', long: ['json'], says: 'the same for programs' }],
  order: 'anywhere',
  notes: `show JAIL [KEY]    each setting of a jail, the place that set it, and what that overrode
check              what is wrong, where, and what to do; exit status 1 if anything is an error
`,
  async run(invocation) {
    const json = has(invocation, 'json');
    const [verb, ...words] = invocation.args;
    if (verb === 'show') return await show(invocation, words, json);
    if (verb === 'check') return await check(invocation, words, json);
    throw new CliError('F2B_USAGE', 'config: write f2b config show JAIL [KEY] or f2b config check');
  },
};

async function show({ flags }: Invocation, words: readonly string[], json: boolean): Promise<number> {
  const [jail, key, surplus] = words;
  if (jail === undefined) throw new CliError('F2B_USAGE', 'config show: name a jail: f2b config show JAIL [KEY]');
  if (surplus !== undefined) throw new CliError('F2B_USAGE', `config show JAIL [KEY] takes no '${surplus}'`);
  const [{ explainSettings }, { renderExplanation }] = await Promise.all([
    import('../tools/config/show.js'),
    import('@f2b/config'),
  ]);
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
