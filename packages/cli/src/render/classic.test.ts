import { expect, it } from 'vitest';
import { renderClassic } from './classic.js';

it.each([
  ['ping', 'pong', 'Server replied: pong'],
  ['stop', null, 'Shutdown successful'],
  ['stop door', null, 'Jail stopped'],
  ['start door', null, 'Jail started'],
  ['flushlogs', 'rolled over', 'logs: rolled over'],
  ['echo a b', ['a', 'b'], 'a b'],
  ['banned', [{ door: ['192.0.2.1'] }], "[{'door': ['192.0.2.1']}]"],
  ['unban --all', 3, '3'],
  ['get loglevel', 'INFO', "Current logging level is 'INFO'"],
  ['get logtarget', '/x', 'Current logging target is:\n`- /x'],
  ['get dbfile', null, 'Database currently disabled'],
  ['get dbpurgeage', 86_400, 'Current database purge age is:\n`- 86400seconds'],
  ['get door logpath', ['/a', '/b'], 'Current monitored log file(s):\n|- /a\n`- /b'],
  ['set door addlogpath /b', [], 'No file is currently monitored'],
  ['get door ignoreip', ['192.0.2.0/24'], 'These IP addresses/networks are ignored:\n`- 192.0.2.0/24'],
  ['get door failregex', ['a', 'b'], 'The following regular expression are defined:\n|- [0]: a\n`- [1]: b'],
  ['get door ignoreregex', [], 'No regular expression is defined'],
  ['get door datepattern', [null, 'Default Detectors'], 'Current date pattern set to: Default Detectors'],
  ['get door actions', ['a', 'b'], 'The jail door has the following actions:\na, b'],
  ['get door banip', ['192.0.2.1', '192.0.2.2'], '192.0.2.1 192.0.2.2'],
  ['get door banip ,', ['192.0.2.1', '192.0.2.2'], '192.0.2.1,192.0.2.2'],
  ['get door banip --with-time', ['192.0.2.1 \tx', '192.0.2.2 \ty'], '192.0.2.1 \tx\n192.0.2.2 \ty'],
  ['set door banip 192.0.2.1', 1, '1'],
  ['get door ignorecommand', false, 'False'],
  ['get door ignorecache', null, 'None'],
  ['get door action a actionban', "echo 'x'", "echo 'x'"],
])('shows the answer to %s as fail2ban-client does', (words, value, text) => {
  expect(renderClassic(words.split(' '), value)).toBe(text);
});

it('lets nothing hidden through', () => {
  expect(renderClassic(['get', 'door', 'logpath'], ['/a\u001b[2J\n/b'])).not.toMatch(/\u001b|\n\/b/);
  expect(renderClassic(['banned'], [{ 'a\u001b': [] }])).not.toContain('\u001b');
});

it('shows the figures of all jails as a table', () => {
  expect(renderClassic(['stats'], { dum: ['polling', [0, 0], [1, 1]] })).toBe(
    [
      '          ║          ║ Filter    ║ Actions',
      ' Jail     ║ Backend  ╟───────────╫───────────',
      '          ║          ║ cur │ tot ║ cur │ tot',
      '══════════╬══════════╬═══════════╬═══════════',
      ' dum      ║ polling  ║   0 │   0 ║   1 │   1',
      '══════════╩══════════╩═══════════╩═══════════',
    ].join('\n'),
  );
});
