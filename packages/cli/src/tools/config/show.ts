import { explainJail, type JailExplanation, knownNames, nearest } from '@f2b/config';
import { CliError } from '../../errors.js';

/**
 * Explains a jail's settings, or one of them, for `f2b config show`.
 *
 * @throws CliError `F2B_NO_JAIL`, `F2B_NO_SETTING` naming what is there; ConfigError where the tree cannot be read
 */
export function explainSettings(directory: string, jail: string, key: string | undefined): JailExplanation {
  const { jails } = knownNames({ directory });
  if (!jails.includes(jail)) {
    const near = nearest(jail, jails);
    const known = jails.length === 0 ? `${directory} has no jails` : `${directory} has ${jails.join(', ')}`;
    throw new CliError('F2B_NO_JAIL', `There is no jail '${jail}': ${near ? `did you mean '${near}'?` : `${known}.`}`);
  }
  const explanation = explainJail({ directory, jail, ...(key === undefined ? {} : { key }) });
  if (key !== undefined && explanation.settings.length === 0 && explanation.problem === undefined) {
    const keys = explainJail({ directory, jail }).settings.map((setting) => setting.key);
    const near = nearest(key, new Set(keys.flatMap((one) => [one, one.slice(one.lastIndexOf('/') + 1)])));
    throw new CliError(
      'F2B_NO_SETTING',
      `Nothing sets '${key}' in jail '${jail}'${near ? `: did you mean '${near}'?` : `; f2b config show ${jail} lists what is set.`}`,
    );
  }
  return explanation;
}
