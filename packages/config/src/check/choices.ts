import { ConfigError } from '../errors.js';
import type { Findings } from '../findings.js';
import { interpolate } from '../interpolate/percent.js';
import type { ConfigSet } from '../library/library.js';
import type { Settings } from '../settings.js';
import { originOf } from '../syntax/traced.js';

const mostPort = 65_535;

/** Values that have to be one of a few words, and jails that would sit idle. */
export function checkChoices(settings: Settings, findings: Findings): void {
  for (const { name, origin, backend, filter, logpaths } of settings.jails) {
    const backendName = backend.value.replace(/\[.*$/s, '');
    if (!['yes', 'warn', 'no', 'raw'].includes(filter.usedns.value)) {
      findings.add(
        'warning',
        'F2B_CONFIG_CHOICE',
        `usedns = ${filter.usedns.value} counts as no.`,
        filter.usedns.origin,
        'Write yes, warn, no or raw.',
        name,
      );
    }
    const saidIdle = findings.all.some((one) => one.code === 'F2B_CONFIG_NO_LOG' && one.jail === name);
    if (logpaths.length === 0 && !['systemd', 'command'].includes(backendName) && !saidIdle) {
      findings.add(
        'error',
        'F2B_CONFIG_NO_LOG',
        `jail '${name}' is enabled but reads nothing: it has no logpath.`,
        origin,
        'Set logpath.',
        name,
      );
    }
    if (filter.failregex.length === 0) {
      findings.add(
        'error',
        'F2B_CONFIG_REGEX',
        `jail '${name}' has no failregex, so it never finds a failure.`,
        origin,
        'Set filter to a file in filter.d that has a failregex.',
        name,
      );
    }
    if (name.length >= 26) {
      findings.add(
        'warning',
        'F2B_CONFIG_JAIL_NAME',
        `the name of jail '${name}' has ${name.length} characters.`,
        origin,
        'Keep it below 26: iptables refuses longer chain names than f2b-NAME then makes.',
        name,
      );
    }
  }
}

/** `port` is a mere variable for fail2ban; it ends in the commands of actions, which fail at each ban. */
export function checkPorts(settings: Settings, jails: ConfigSet, findings: Findings): void {
  for (const { name } of settings.jails) {
    const entry = jails.tree.find(name, 'port');
    if (!entry) continue;
    try {
      const value = interpolate({ tree: jails.tree, section: name }, 'port', entry);
      for (const word of value.text.split(/[\s,]+/)) {
        const ports = /^([0-9]+)(?:[:-]([0-9]+))?$/.exec(word);
        if (!ports) continue;
        const first = Number(ports[1]);
        const last = Number(ports[2] ?? first);
        if (first <= last && last <= mostPort) continue;
        findings.add(
          'warning',
          'F2B_CONFIG_RANGE',
          `port = ${word} of '${name}' is ${last > mostPort ? 'no port' : 'an empty range'}: the commands that ban will fail.`,
          originOf(value) ?? entry.origin,
          `Write ports from 0 to ${mostPort}, names (ssh), or ranges (5060:5061), with commas between them.`,
          name,
        );
      }
    } catch (error) {
      // Nothing that the jail uses refers to it, or the jail has said so already.
      if (!(error instanceof ConfigError)) throw error;
    }
  }
}
