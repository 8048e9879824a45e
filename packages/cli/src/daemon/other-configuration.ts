import type { JailSettings, Settings } from '@f2b/config';
import type { ClientStream } from './control/reload.js';

/**
 * fail2ban's client reads a configuration itself and sends it along. This server reads its own, with patterns and places that the
 * client's commands no longer have; so it has to be the same one.
 * @returns what shows that it is not; undefined: it looks the same
 */
export function otherConfiguration(
  stream: ClientStream,
  { directory, jails, skipped }: Settings,
  only: string | undefined,
): string | undefined {
  const mine = new Map<string, JailSettings | undefined>([
    ...skipped.map(({ name }) => [name, undefined] as const),
    ...jails.map((jail) => [jail.name, jail] as const),
  ]);
  for (const [name, values] of stream) {
    if (only !== undefined && name !== only) continue;
    if (!mine.has(name)) return said(directory, `it has a jail '${name}'`);
    const jail = mine.get(name);
    const known = new Map([
      ['maxretry', jail?.maxretry?.value.toString()],
      ['findtime', jail?.findtime?.text],
      ['bantime', jail?.bantime?.text],
    ]);
    for (const [option, value] of values) {
      const own = known.get(option);
      if (own !== undefined && own !== value)
        return said(directory, `there ${option} of '${name}' is ${value}, here ${own}`);
    }
  }
  return undefined;
}

function said(directory: string, difference: string): string {
  return `The client has read another configuration than ${directory}, which is this server's: ${difference}. Give it that one with -c`;
}
