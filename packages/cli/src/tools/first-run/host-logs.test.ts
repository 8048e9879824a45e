import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, type Settings } from '@f2b/config';
import { describe, expect, it } from 'vitest';
import { embeddedDirectory } from '../../places/configuration-directory.js';
import { findHostLogs } from './host-logs.js';
import { makeFirstRunPlace, useHostLogs, useSampleLogs } from './tree.js';

/** The built-in jails on a host that has these files. */
function onHostWith(files: readonly string[]): Settings {
  const settings = readSettings({ directory: embeddedDirectory, allowMissingLogs: true });
  return {
    ...settings,
    jails: settings.jails.map((jail) => ({
      ...jail,
      logpaths: jail.logpaths.map((path) => ({ ...path, files: files.filter((file) => file === path.pattern) })),
    })),
  };
}

describe('findHostLogs', () => {
  it('finds what Debian and Asterisk write, and names the jails that have nothing here', () => {
    const settings = onHostWith(['/var/log/auth.log']);
    expect(findHostLogs(settings, () => true)).toEqual({
      guarded: [{ jail: 'sshd', files: ['/var/log/auth.log'] }],
      idle: ['asterisk'],
      unreadable: [],
    });
    const both = onHostWith(['/var/log/secure', '/var/log/asterisk/messages.log']);
    expect(findHostLogs(both, () => true).guarded.map(({ jail }) => jail)).toEqual(['sshd', 'asterisk']);
  });

  it('does not count a log that this user may not read', () => {
    expect(findHostLogs(onHostWith(['/var/log/auth.log']), () => false)).toEqual({
      guarded: [],
      idle: ['sshd', 'asterisk'],
      unreadable: ['/var/log/auth.log'],
    });
  });
});

describe('the place of a trial', () => {
  it('reads without a finding on the sample, and keeps no store', () => {
    const place = makeFirstRunPlace();
    try {
      useSampleLogs(place);
      const settings = readSettings({ directory: place.configuration });
      expect(settings.findings).toEqual([]);
      expect(settings.server.dbfile.value).toBe('None');
      expect(settings.jails.map((jail) => jail.logpaths.flatMap((path) => path.files))).toEqual([
        [place.logs.auth],
        [place.logs.asterisk],
      ]);
    } finally {
      place.remove();
    }
  });

  it('switches off the jails that have no log here', () => {
    const place = makeFirstRunPlace();
    try {
      useHostLogs(place, ['sshd', 'asterisk']);
      expect(readSettings({ directory: place.configuration }).jails).toEqual([]);
      expect(readFileSync(join(place.configuration, 'jail.local'), 'utf8')).toContain('[sshd]\nenabled = false');
    } finally {
      place.remove();
    }
  });
});
