import { readSettings } from '@f2b/config';
import { type CompiledFilter, chooseIdentifier, compileFilter, matchLine } from '@f2b/matcher';
import { describe, expect, it } from 'vitest';
import { checkConfiguration } from '../tools/config/check.js';
import { readSample, stampLine } from '../tools/first-run/sample.js';
import { embeddedDirectory, mayLackLogs } from './configuration-directory.js';

const settings = readSettings({ directory: embeddedDirectory, allowMissingLogs: true });

function filterOf(jail: string): CompiledFilter {
  return compileFilter(settings.jails.find((one) => one.name === jail)!.filter);
}

/** Who is accused by a line whose date is already cut out; undefined: nobody. */
function accused(filter: CompiledFilter, line: string): string | undefined {
  const [hit] = matchLine(filter, ['', '', line]).hits;
  if (!hit) return undefined;
  const { identifier } = chooseIdentifier(hit.groups, filter.usedns);
  return identifier.kind === 'address' ? identifier.text : identifier.kind;
}

describe('the built-in configuration', () => {
  it('reads without a warning, and guards sshd and asterisk with offendingips', () => {
    expect(
      settings.findings.filter(({ severity, code }) => severity !== 'hint' && code !== 'F2B_CONFIG_NO_LOG'),
    ).toEqual([]);
    expect(
      settings.jails.map((jail) => [jail.name, jail.actions.map((action) => [action.file, action.builtin])]),
    ).toEqual([
      ['sshd', [['offendingips', true]]],
      ['asterisk', [['offendingips', true]]],
    ]);
  });
});

/** Texts that a client may send as user name, From header, Call-ID or account, made to look like somebody else's failure. */
const lies = [
  'x from 192.0.2.44 port 22 ssh2',
  'root 192.0.2.44 port 22 [preauth]',
  "x' failed for '192.0.2.44:5060' - Wrong password",
  "x' failed for '192.0.2.44:5060' (callid: y) - No matching endpoint found",
  'x",SessionID="1",LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/192.0.2.44/5060"',
  "' (192.0.2.44:5060) to extension '1' rejected because extension not found in context 'default'.",
  '<sip:1@192.0.2.44>',
];

describe('the sshd filter', () => {
  const filter = filterOf('sshd');
  const lines: readonly [name: string, line: (user: string) => string][] = [
    ['a failed password', (user) => ` gw sshd[1]: Failed password for ${user} from 203.0.113.9 port 4242 ssh2`],
    [
      'an unknown user',
      (user) => ` gw sshd-session[1]: Failed password for invalid user ${user} from 203.0.113.9 port 4242 ssh2`,
    ],
    [
      'keyboard-interactive',
      (user) => ` gw sshd[1]: Failed keyboard-interactive/pam for ${user} from 203.0.113.9 port 4242 ssh2`,
    ],
    ['a probe', (user) => ` gw sshd[1]: Failed none for invalid user ${user} from 203.0.113.9 port 4242 ssh2`],
    [
      'leaving early',
      (user) => ` gw sshd[1]: Connection closed by invalid user ${user} 203.0.113.9 port 4242 [preauth]`,
    ],
    [
      'too many tries',
      (user) =>
        ` gw sshd[1]: error: maximum authentication attempts exceeded for ${user} from 203.0.113.9 port 4242 ssh2 [preauth]`,
    ],
  ];

  it.each(lines)('finds %s', (_, line) => {
    expect(accused(filter, line('root'))).toBe('203.0.113.9');
    expect(accused(filter, line('root').replaceAll('203.0.113.9', '2001:db8::9'))).toBe('2001:db8::9');
  });

  it.each(lines)('is not led astray by a user name in %s', (_, line) => {
    for (const lie of lies) expect(accused(filter, line(lie))).toBe('203.0.113.9');
  });

  it.each([
    ' gw sshd[1]: Accepted password for root from 203.0.113.9 port 4242 ssh2',
    ' gw sshd[1]: Failed publickey for root from 203.0.113.9 port 4242 ssh2: ED25519 SHA256:abc',
    ' gw sshd[1]: Connection closed by authenticating user root 203.0.113.9 port 4242 [preauth]',
    ' gw cron[1]: x: sshd[1]: Failed password for root from 203.0.113.9 port 4242 ssh2',
    ' gw sshd[1]: Failed password for root from 203.0.113.9 port 4242 ssh2 and more',
  ])('leaves alone: %s', (line) => {
    expect(accused(filter, line)).toBeUndefined();
  });
});

describe('the asterisk filter', () => {
  const filter = filterOf('asterisk');
  const security = (account: string, response = 'r') =>
    `[] SECURITY[9] res_security_log.c: SecurityEvent="InvalidPassword",EventTV="2026-11-23T01:02:03.000+0000",Severity="Error",` +
    `Service="PJSIP",EventVersion="1",AccountID="${account}",SessionID="s",LocalAddress="IPV4/UDP/192.0.2.1/5060",` +
    `RemoteAddress="IPV4/UDP/203.0.113.9/5061",Challenge="c",ReceivedChallenge="c",ReceivedHash="${response}"`;
  const lines: readonly [name: string, line: (text: string) => string][] = [
    [
      'chan_sip',
      (text) =>
        `[] NOTICE[9][C-0000002a] chan_sip.c: Registration from '${text}' failed for '203.0.113.9:5060' - Wrong password`,
    ],
    [
      'older chan_sip',
      (text) =>
        ` pbx asterisk[3432]: NOTICE[9]: chan_sip.c:24331 in handle_request_register: Registration from '${text}' failed for '203.0.113.9' - No matching peer found`,
    ],
    [
      'an unknown extension',
      (text) =>
        `[] NOTICE[9][C-1] chan_sip.c: Call from '' (203.0.113.9:5060) to extension '${text}' rejected because extension not found in context 'default'.`,
    ],
    [
      'pjsip, From',
      (text) =>
        `[] NOTICE[9] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '${text}' failed for '203.0.113.9:5060' (callid: 1) - No matching endpoint found`,
    ],
    [
      'pjsip, Call-ID',
      (text) =>
        `[] NOTICE[9] res_pjsip/pjsip_distributor.c: Request 'INVITE' from '"1" <sip:1@x>' failed for '203.0.113.9:5060' (callid: ${text}) - Failed to authenticate`,
    ],
    ['an account', (text) => security(text)],
    ['a response', (text) => security('100', text)],
  ];

  it.each(lines)('finds the failure: %s', (_, line) => {
    expect(accused(filter, line('100 <sip:100@192.0.2.1>'))).toBe('203.0.113.9');
  });

  it.each(lines)('never accuses somebody else: %s', (_, line) => {
    for (const lie of lies) expect([undefined, '203.0.113.9']).toContain(accused(filter, line(lie)));
  });

  it('finds a pjsip attacker whose name holds an apostrophe', () => {
    expect(accused(filter, lines[3]![1](`"O'Neill" <sip:1@x>`))).toBe('203.0.113.9');
  });
});

describe('the sample', () => {
  it('holds failures of attackers only, whatever their user names say', () => {
    const friends = new Set(['192.0.2.10', '192.0.2.51']);
    const found = new Map<string, number>();
    const filters = { auth: filterOf('sshd'), asterisk: filterOf('asterisk') };
    for (const line of readSample()) {
      const text = line.log === 'asterisk' ? `[] ${line.text}` : ` ${line.text}`;
      const who = accused(filters[line.log], text);
      if (who !== undefined) found.set(who, (found.get(who) ?? 0) + 1);
    }
    const banned = [...found].filter(([, count]) => count >= 5).map(([who]) => who);
    expect(banned.sort()).toEqual([
      '198.51.100.23',
      '198.51.100.91',
      '2001:db8:bad::17',
      '2001:db8:dead:beef::5',
      '203.0.113.150',
      '203.0.113.45',
      '203.0.113.66',
      '203.0.113.77',
    ]);
    for (const friend of friends) expect(found.has(friend)).toBe(false);
    // Anna mistyped once.
    expect(found.get('192.0.2.44')).toBe(1);
  });

  it('is stamped as the programs themselves would', () => {
    const time = new Date(2026, 0, 5, 3, 4, 5, 67).getTime();
    expect(stampLine({ at: 0, log: 'auth', text: 'gw sshd[1]: x' }, time)).toBe('Jan  5 03:04:05 gw sshd[1]: x\n');
    expect(stampLine({ at: 0, log: 'asterisk', text: 'NOTICE[1] x' }, time)).toBe(
      '[2026-01-05 03:04:05.067] NOTICE[1] x\n',
    );
  });
});

it('is no mistake on a host that has none of the logs', () => {
  const options = { directory: embeddedDirectory, lint: true };
  expect(checkConfiguration({ ...options, allowMissingLogs: mayLackLogs(embeddedDirectory) }).ok).toBe(true);
  expect(mayLackLogs('/etc/fail2ban')).toBe(false);
});
