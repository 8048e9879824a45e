import type { JailSettings } from '@f2b/config';
import { type CompiledFilter, compileFilter, type Regex } from '@f2b/matcher';
import type { Edges } from '../edges/edges.js';
import { CoreError } from '../errors.js';
import { type CarryOut, GuardedJail } from '../jails/guarded-jail.js';
import { Judge } from '../jails/judge.js';
import type { Dns } from '../jails/who/dns.js';
import { IgnoreList, type IgnoreSources } from '../jails/who/ignore.js';
import type { Store } from '../keeping/store.js';
import { ignoreSettings, judgeSettings } from './jail-options.js';

/** What jails share. */
export interface JailSurroundings {
  readonly edges: Edges;
  readonly dns: Dns;
  readonly store: Store;
  /** Expressions that are compiled already: many jails hold the same ones. */
  readonly known: Map<string, Regex>;
  readonly carryOut: CarryOut;
  /** Something about the jail's ignore lists that a person should know. */
  readonly problem: IgnoreSources['problem'];
}

/**
 * Makes a jail from its settings.
 * @throws the errors of the filter and of the settings, which say what is wrong and where: this jail cannot run
 */
export function startJail(settings: JailSettings, surroundings: JailSurroundings): GuardedJail {
  const { edges, dns, store } = surroundings;
  checkBackend(settings);
  const options = judgeSettings(settings);
  const filter = compiled(settings, surroundings);
  const ignore = new IgnoreList(ignoreSettings(settings), {
    ownAddresses: () => edges.ownAddresses(),
    lists: edges.lists,
    dns,
    problem: surroundings.problem,
  });
  const judge = new Judge(options, { ignore, history: store.history, random: () => edges.random() });
  return new GuardedJail(settings, judge, filter, surroundings.carryOut);
}

function compiled(settings: JailSettings, { edges, known }: JailSurroundings): CompiledFilter {
  return compileFilter(settings.filter, { known, thisYear: new Date(edges.clock.now()).getFullYear() });
}

function checkBackend(settings: JailSettings): void {
  const backend = settings.backend.value.replace(/\[.*$/s, '').trim().toLowerCase();
  if (backend !== 'systemd' || settings.logpaths.length > 0) return;
  throw new CoreError(
    'F2B_JAIL_BACKEND',
    `jail '${settings.name}': backend = ${settings.backend.value} reads the journal, which this version cannot; ` +
      'set a logpath and backend = auto, and let a syslog daemon write that log',
  );
}
