import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

/** Asks the host's resolver. A host that does not speak IPv6 is not reached over it: as for fail2ban, such addresses are none to it. */
export async function resolveName(name: string): Promise<readonly string[]> {
  // Loaded for the first name: most logs have none, and a short command would wait for it.
  const { lookup } = await import('node:dns/promises');
  const answers = await lookup(name, { all: true });
  if (answers.every(({ family }) => family === 4) || hostSpeaksIpv6()) return answers.map(({ address }) => address);
  return answers.filter(({ family }) => family === 4).map(({ address }) => address);
}

export function hostSpeaksIpv6(): boolean {
  try {
    return readFileSync('/proc/sys/net/ipv6/conf/all/disable_ipv6', 'utf8').trim() === '0';
  } catch {
    return Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6') ?? false);
  }
}
