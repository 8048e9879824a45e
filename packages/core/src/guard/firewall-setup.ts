import type { Settings } from '@f2b/config';
import type { FirewallOptions } from '@f2b/firewall';
import type { Edges } from '../edges/edges.js';
import type { GuardedJail } from '../jails/guarded-jail.js';
import type { Reporter } from '../telling/reporter.js';

/** What the firewall is opened with; the jails that live bring their actions later. */
export function firewallOptions(
  settings: Settings,
  edges: Edges,
  reporter: Reporter,
  jailOf: (name: string) => GuardedJail | undefined,
  dryRun: { print(line: string): void } | undefined,
): FirewallOptions {
  return {
    voice: reporter,
    ipv6: allowsIpv6(settings, edges),
    clock: () => edges.clock.now(),
    counts: (jail) => {
      const counts = jailOf(jail)?.judge.counts;
      return {
        banned: counts?.banned ?? 0,
        bannedTotal: counts?.totalBanned ?? 0,
        found: counts?.failed ?? 0,
        foundTotal: counts?.totalFailed ?? 0,
      };
    },
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

function allowsIpv6({ server }: Settings, edges: Edges): boolean {
  const allowed = server.allowipv6.value.trim().toLowerCase();
  return allowed === 'auto' ? edges.ipv6() : ['yes', 'true', 'on', '1'].includes(allowed);
}
