import { describe, expect, it } from 'vitest';
import { levels } from './levels.js';
import { classicLine, lineTime } from './line-format.js';

const full = { datetime: true, padding: true };
const time = new Date(2026, 10, 23, 0, 45, 25, 108).getTime();

describe('classicLine', () => {
  it('equals fail2ban’s line, column for column', () => {
    const entry = { time, level: levels.NOTICE, logger: 'fail2ban.actions', message: '[j] Ban 192.0.2.9' };
    expect(classicLine(entry, 18324, full)).toBe(
      '2026-11-23 00:45:25,108 fail2ban.actions        [18324]: NOTICE  [j] Ban 192.0.2.9',
    );
  });

  it('leaves out time and padding for syslog', () => {
    const entry = { time, level: levels.NOTICE, logger: 'fail2ban.actions', message: '[j] Ban 192.0.2.9' };
    expect(classicLine(entry, 18324, { datetime: false, padding: false })).toBe(
      'fail2ban.actions[18324]: NOTICE [j] Ban 192.0.2.9',
    );
  });

  it('keeps a message with line ends on one line', () => {
    const message = 'user "x\n2026-11-23 00:45:25,108 fail2ban.actions [1]: NOTICE [j] Ban 192.0.2.1"';
    const line = classicLine({ time, level: levels.INFO, logger: 'fail2ban.filter', message }, 1, full);
    expect(line).not.toContain('\n');
    expect(line).toContain('user "x\\n2026');
  });
});

describe('lineTime', () => {
  it('pads milliseconds, and follows the second when it changes', () => {
    expect(lineTime(time)).toBe('2026-11-23 00:45:25,108');
    expect(lineTime(time - 107)).toBe('2026-11-23 00:45:25,001');
    expect(lineTime(time + 900)).toBe('2026-11-23 00:45:26,008');
    expect(lineTime(time + 0.7)).toBe('2026-11-23 00:45:25,108');
  });
});
