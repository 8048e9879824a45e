import type { Findings } from '../findings.js';
import type { ConfigSet } from '../library/library.js';
import type { MergedEntry } from '../merge/tree.js';
import { layersOf } from '../merge/tree.js';
import { jailOptionTypes } from '../resolve/jail-options.js';
import { actionCommandNames, filterOptionNames } from '../settings.js';
import { nearest } from '../values/nearest.js';
import { References } from './references.js';

const serverOptions = [
  'loglevel',
  'logtarget',
  'syslogsocket',
  'socket',
  'pidfile',
  'dbfile',
  'dbpurgeage',
  'dbmaxmatches',
  'allowipv6',
];
/** Variables that the stock files give a meaning to, so that overriding them is no mistake even where nothing uses them. */
const stockVariables = [
  'mode',
  'port',
  'protocol',
  'chain',
  'banaction',
  'banaction_allports',
  'destemail',
  'sender',
  'mta',
  'fail2ban_agent',
  'mytime',
  'action_',
  'action_mw',
  'action_mwl',
  'action_xarf',
  'action_cf_mwl',
  'action_blocklist_de',
  'action_abuseipdb',
  'sendername',
  'logtype',
  '_daemon',
  'author',
  'fail2ban_version',
  'fail2ban_confpath',
  'default_backend',
  'returntype',
  'blocktype',
];
/** Parameters of an action that the server itself reads. */
const actionParameters = ['timeout', 'name', 'actname', 'ipset', 'default-ipsettime'];

/** Where an option stands decides which names it may have. */
interface Place {
  readonly file: string;
  readonly meaningful: readonly string[];
  /** Names that nothing refers to are reported even without a similar known name. */
  readonly reportDead: boolean;
  readonly jail?: string;
}

/** Looks at every option of the `jail` files: known, used by something, or probably misspelt. */
export function checkJailOptions(
  set: ConfigSet,
  references: References,
  enabled: ReadonlySet<string>,
  findings: Findings,
): void {
  const meaningful = [...Object.keys(jailOptionTypes), ...stockVariables];
  for (const [section, entries] of set.tree.sections) {
    if (section === 'INCLUDES') {
      checkEntries(
        entries.values(),
        references,
        { file: 'jail', meaningful: ['before', 'after'], reportDead: true },
        findings,
      );
      continue;
    }
    const place = { file: 'jail', meaningful, reportDead: enabled.has(section), jail: section };
    checkEntries(entries.values(), references, place, findings);
    const lower = section.toLowerCase();
    if ((lower === 'default' || lower === 'includes') && !entries.has('filter')) {
      findings.add(
        'warning',
        'F2B_CONFIG_UNKNOWN_SECTION',
        `[${section}] is an ordinary section, a jail of that name: what stands in it holds for no other jail.`,
        set.tree.origins.get(section),
        `Did you mean [${section.toUpperCase()}]?`,
      );
    }
  }
  checkEntries(set.tree.defaults.values(), references, { file: 'jail', meaningful, reportDead: false }, findings);
}

/** Looks at `fail2ban.conf`. */
export function checkServerOptions(set: ConfigSet, findings: Findings): void {
  const references = new References();
  references.addTree(set.tree);
  for (const [section, entries] of set.tree.sections) {
    const meaningful =
      section === 'Thread' ? ['stacksize'] : section === 'INCLUDES' ? ['before', 'after'] : serverOptions;
    if (!['Definition', 'Thread', 'INCLUDES'].includes(section)) {
      unknownSection(set, section, ['Definition', 'DEFAULT', 'Thread', 'INCLUDES'], findings);
      continue;
    }
    checkEntries(entries.values(), references, { file: 'fail2ban', meaningful, reportDead: true }, findings);
  }
  checkEntries(
    set.tree.defaults.values(),
    references,
    { file: 'fail2ban', meaningful: serverOptions, reportDead: true },
    findings,
  );
}

/** Looks at a filter or an action that an enabled jail uses. */
export function checkDefinitionOptions(set: ConfigSet, outside: References, jail: string, findings: Findings): void {
  const isFilter = set.name.startsWith('filter.d/');
  const references = new References();
  references.addTree(set.tree);
  const meaningful: readonly string[] = isFilter
    ? [...filterOptionNames, ...stockVariables]
    : [...actionCommandNames, ...actionParameters, ...stockVariables];
  for (const [section, entries] of set.tree.sections) {
    if (section === 'INCLUDES') {
      checkEntries(
        entries.values(),
        references,
        { file: set.name, meaningful: ['before', 'after'], reportDead: true, jail },
        findings,
      );
      continue;
    }
    if (!['Definition', 'Init'].includes(section) && !references.hasSection(section)) {
      unknownSection(set, section, ['Definition', 'Init', 'DEFAULT', 'INCLUDES'], findings);
      continue;
    }
    // An [Init] parameter may be meant for the jail or for another action; only a likely slip is worth a word.
    const reportDead = section === 'Definition' && !isFilter;
    checkEntries(
      entries.values(),
      { has: (name) => references.has(name) || outside.has(name) },
      { file: set.name, meaningful, reportDead, jail },
      findings,
    );
  }
}

function checkEntries(
  entries: Iterable<MergedEntry>,
  references: Pick<References, 'has'>,
  place: Place,
  findings: Findings,
): void {
  for (const entry of entries) {
    const base = entry.key.replace(/\?.*$/, '');
    if (place.meaningful.includes(base) || base.startsWith('_') || references.has(base) || !entry.origin) continue;
    const near = nearest(base, place.meaningful);
    for (const { origin } of layersOf(entry)) {
      if (near) {
        findings.add(
          'warning',
          'F2B_CONFIG_UNKNOWN_OPTION',
          `'${entry.written}' is no option of fail2ban, and nothing refers to it.`,
          origin,
          `Did you mean '${near}'?`,
          place.jail,
        );
      } else if (place.reportDead) {
        findings.add(
          'hint',
          'F2B_CONFIG_DEAD_OPTION',
          `nothing refers to '${entry.written}', so it has no effect.`,
          origin,
          `Remove it, or use it with %(${entry.key})s.`,
          place.jail,
        );
      }
    }
  }
}

function unknownSection(set: ConfigSet, section: string, known: readonly string[], findings: Findings): void {
  const near = nearest(section, known);
  findings.add(
    near ? 'warning' : 'hint',
    'F2B_CONFIG_UNKNOWN_SECTION',
    `nothing refers to section [${section}].`,
    set.tree.origins.get(section),
    near ? `Did you mean [${near}]?` : 'Remove it, or refer to it with <section/option>.',
  );
}
