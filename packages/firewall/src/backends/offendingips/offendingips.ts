import { FirewallError } from '../../errors.js';
import type { Family } from '../../network.js';
import { openIpset, simulateIpset } from '../../tools/ipset.js';
import { openIptables } from '../../tools/iptables.js';
import { simulateIptables } from '../../tools/simulated-iptables.js';
import { openAddressBackend } from '../addresses/address-backend.js';
import type { Backend, BackendEdge, Builtin } from '../backend.js';
import { AddressSet } from './address-set.js';
import { FamilyTable } from './family-table.js';
import { GrowingTable } from './growing-table.js';
import { type OffendingIpsParameters, readParameters } from './parameters.js';
import { ensureRecentTable } from './recent-table.js';
import { rulesPerAddress, rulesWithSet, setNameOf } from './rules.js';

/**
 * The built-in action `offendingips`: the chain OFFENDINGIPS at the top of INPUT, whose first rule keeps out whoever is
 * marked ATTACKER until silent for an hour, and a LOG and a marking DROP per banned address, IPv4 and IPv6, or for a set of
 * them where they are many. A batch of orders is one `iptables-restore` or one `ipset restore` per family.
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
  const { exec, voice, print, modules, timeout, clock } = edge;
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
      const ipset = print === undefined ? openIpset({ exec, voice, clock, timeout }) : simulateIpset(print, clock);
      const name = setNameOf(parameters, family);
      const layouts = {
        perAddress: rulesPerAddress(parameters, family, name),
        withSet: rulesWithSet(parameters, family, name),
      };
      return new GrowingTable({
        parameters,
        wanted,
        rules: new FamilyTable({ family, wanted, layout: layouts.perAddress, parameters, iptables, voice }),
        set: new AddressSet({ name, family, size: parameters.setsize, wanted, ipset, voice, clock }),
        layouts,
        voice,
        clock,
      });
    },
  });
}
