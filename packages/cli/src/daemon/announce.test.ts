import type { JailSettings, Settings } from '@f2b/config';
import type { JailStatus } from '@f2b/core';
import { expect, it } from 'vitest';
import { announceJails } from './announce.js';

it('leaves out a comment behind a time, where it says what a jail does', () => {
  const time = (text: string, seconds: number) => ({ text, seconds, origin: undefined });
  const jail = {
    name: 'door',
    findtime: time('1h # an hour', 3600),
    bantime: time('1d  # one day\n# and a night', 86_400),
    actions: [],
  } as unknown as JailSettings;
  const status = { state: 'running', files: ['/var/log/door'] } as unknown as JailStatus;
  const { announcements } = announceJails({ jails: [jail], skipped: [] } as unknown as Settings, {
    jailStatus: () => status,
  });
  expect(announcements.at(-1)?.message).toContain('findtime 1h, bantime 1d; action none');
});
