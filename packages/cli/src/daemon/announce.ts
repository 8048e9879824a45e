import {
  type Finding,
  formatOrigin,
  type JailSettings,
  jailDefaults,
  type Settings,
  type VoiceLevel,
} from '@f2b/config';
import type { JailStatus } from '@f2b/core';
import type { ConfigurationDirectory } from '../places/configuration-directory.js';

export interface Announcement {
  readonly level: VoiceLevel;
  readonly message: string;
}

/** What the daemon says before the jails start: where its configuration comes from, and what is wrong with it. */
export function announceConfiguration(directory: ConfigurationDirectory, settings: Settings): Announcement[] {
  return [
    { level: 'INFO', message: `Configuration: ${directory.path} (${directory.why})` },
    ...settings.findings
      .filter((finding) => finding.severity !== 'hint' || isJournalInstead(finding))
      .map(announceFinding),
  ];
}

/**
 * What becomes of the firewall, where that is not what a person would expect of `start`.
 * @param asked somebody wrote `--enforce` or `--dry-run`
 */
export function announceEnforcement(enforce: boolean, asked: boolean, isRoot: boolean): Announcement[] {
  if (enforce) {
    if (isRoot) return [];
    const message = 'Enforcing, but not as root: if this process may not change the firewall, every ban will fail';
    return [{ level: 'WARNING', message }];
  }
  if (asked) return [{ level: 'NOTICE', message: 'Dry run: the firewall stays as it is, changes are only printed' }];
  const message = 'Not root, so this is a dry run: nobody is banned, the changes of the firewall are only logged';
  return [{ level: 'WARNING', message }];
}

/** Where a jail's lines come from, if not from where its configuration says, is no mere hint to whoever looks why it is quiet. */
function isJournalInstead({ code }: Finding): boolean {
  return code === 'F2B_CONFIG_JOURNAL_INSTEAD';
}

function announceFinding(finding: Finding): Announcement {
  if (isJournalInstead(finding)) return { level: 'NOTICE', message: describeFinding(finding) };
  return {
    level: finding.severity === 'error' ? 'ERROR' : 'WARNING',
    message: describeFinding(finding),
  };
}

/** One line: `FILE:LINE:COLUMN: [JAIL] WHAT. ADVICE`. */
export function describeFinding(finding: Finding): string {
  const { origin, jail } = finding;
  const where = origin ? `${formatOrigin(origin)}: ` : '';
  const whose = jail === undefined ? '' : `[${jail}] `;
  return `${where}${whose}${finding.what.replace(/\.$/, '')}. ${finding.advice}`;
}

/** Why a jail of the configuration was left out; undefined when it was not, or there is no such jail. */
export function whySkipped({ skipped, findings }: Settings, name: string): string | undefined {
  if (!skipped.some((jail) => jail.name === name)) return undefined;
  const finding = findings.find(({ jail, severity }) => jail === name && severity === 'error');
  return finding === undefined ? 'its configuration has a mistake' : describeFinding({ ...finding, jail: undefined });
}

/** What is known of running jails. */
export interface RunningJails {
  jailStatus(name: string): JailStatus | undefined;
}

/**
 * What the daemon says of its jails: what each reads, when it bans, and how. `guards` is false where jails were configured and none runs: then the
 * start has failed for whoever waits for it, as with fail2ban-client.
 */
export function announceJails(
  settings: Settings,
  running: RunningJails,
): { readonly announcements: Announcement[]; readonly guards: boolean } {
  const stated = settings.jails.map((jail) => ({ jail, status: running.jailStatus(jail.name) }));
  const started = stated.filter(({ status }) => status !== undefined && status.state !== 'failed');
  if (started.length === 0) {
    const configured = settings.skipped.length + stated.length > 0;
    const cure = configured ? 'mend what is said above (f2b config check lists it)' : 'enable one with enabled = true';
    const message = `No jail runs: nothing is guarded; ${cure}`;
    return { announcements: [{ level: configured ? 'ERROR' : 'WARNING', message }], guards: !configured };
  }
  return {
    announcements: [
      { level: 'INFO', message: `Jails: ${started.map(({ jail }) => jail.name).join(', ')}` },
      ...started.map(({ jail, status }): Announcement => ({ level: 'INFO', message: announceJail(jail, status!) })),
    ],
    guards: true,
  };
}

function announceJail(jail: JailSettings, status: JailStatus): string {
  const reads = readsWhat(status);
  const limits = [
    `maxretry ${jail.maxretry?.value ?? jailDefaults.maxretry}`,
    `findtime ${withoutComment(jail.findtime?.text) ?? jailDefaults.findtime}`,
    `bantime ${withoutComment(jail.bantime?.text) ?? jailDefaults.bantime}`,
  ].join(', ');
  const names = jail.actions.map((action) => action.name).join(', ') || 'none';
  const actions = jail.simulate ? 'none: it only says whom it would ban (simulate = true)' : names;
  const waits = status.state === 'waiting' && status.why !== undefined ? `; waiting: ${status.why}` : '';
  return `[${jail.name}] reads ${reads}; ${limits}; action ${actions}${waits}`;
}

function readsWhat({ files, journalmatches }: JailStatus): string {
  if (journalmatches === undefined) return files.length > 0 ? files.join(' ') : 'no file';
  return `the journal (${journalmatches.length > 0 ? journalmatches.join(' + ') : 'all of it'})`;
}

/** `1d` of `1d  # one day`: the comment is part of the value, and says nothing to who reads what a jail does. */
function withoutComment(text: string | undefined): string | undefined {
  return text?.replace(/#.*$/s, '').trimEnd();
}
