import { FirewallError } from '../../errors.js';
import type { Family } from '../../network.js';
import { openIptables } from '../../tools/iptables.js';
import { simulateIptables } from '../../tools/simulated-iptables.js';
import { openAddressBackend } from '../addresses/address-backend.js';
import type { Backend, BackendEdge, Builtin } from '../backend.js';
import { FamilyTable } from './family-table.js';
import { type OffendingIpsParameters, readParameters } from './parameters.js';
import { ensureRecentTable } from './recent-table.js';
import { rulesPerAddress } from './rules.js';

/**
 * The built-in action `offendingips`: the chain OFFENDINGIPS at the top of INPUT, whose first rule keeps out whoever is
 * marked ATTACKER until silent for an hour, and a LOG and a marking DROP per banned address, IPv4 and IPv6. A batch of
 * orders is one `iptables-restore` per family.
 */
export const offendingIps: Builtin = {
  name: 'offendingips',
  mistake(settings) {
    try {
      readParameters(settings);
      return undefined;
    } catch (error) {
      if (error instanceof FirewallError) return error;
      throw error;
    }
  },
  key: (settings) => JSON.stringify(readParameters(settings)),
  place: (settings) => `chain ${readParameters(settings).table}`,
  open: (settings, edge) => openOffendingIps(settings.name, readParameters(settings), edge),
};

function openOffendingIps(action: string, parameters: OffendingIpsParameters, edge: BackendEdge): Backend {
  const { exec, voice, print, modules, timeout } = edge;
  const families: readonly Family[] = edge.ipv6 ? ['inet4', 'inet6'] : ['inet4'];
  return openAddressBackend({
    action,
    families,
    async prepare() {
      // Before the first rule: the module's table can be enlarged only as long as no rule uses it.
      if (print === undefined) await ensureRecentTable(parameters.recentsize, { exec, voice, modules });
    },
    openTable(family, wanted) {
      const iptables =
        print === undefined ? openIptables(family, exec, voice, timeout) : simulateIptables(family, print);
      const layout = rulesPerAddress(parameters, family);
      return new FamilyTable({ family, wanted, layout, parameters, iptables, voice });
    },
  });
}
