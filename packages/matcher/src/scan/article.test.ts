import { describe, expect, it } from 'vitest';
import { compileFilter } from '../filter/compile.js';
import { chooseIdentifier } from '../filter/identifier.js';
import { plainSettings } from '../filter/plain-settings.js';
import { unpackResult } from './result.js';
import { BlockScanner } from './scanner.js';

/** The line prefix of fail2ban's old `common.conf`, as the article's filters interpolate it. */
function prefixLine(daemon: string): string {
  const named = `[\\[\\(]?${daemon}(?:\\(\\S+\\))?[\\]\\)]?:?`;
  return `\\s*(?:\\S+ )?(?:@vserver_\\S+ )?(?:(?:\\[\\d+\\])?:\\s+${named}|${named}(?:\\[\\d+\\])?:)?\\s*`;
}

const sshd = [
  'Failed (?:password|publickey) for .* from <HOST>(?: port \\d*)?(?: ssh\\d*)?$',
  'ROOT LOGIN REFUSED.* FROM <HOST>\\s*$',
  '[iI](?:llegal|nvalid) user .* from <HOST>\\s*$',
  'authentication failure; logname=\\S* uid=\\S* euid=\\S* tty=\\S* ruser=\\S* rhost=<HOST>(?:\\s+user=.*)?\\s*$',
  'Address <HOST> .* POSSIBLE BREAK-IN ATTEMPT!*\\s*$',
].map((text) => `^${prefixLine('sshd')}${text}`);

const asterisk = [
  "NOTICE\\[[0-9]+\\]: chan_sip.c:[0-9]+ in handle_request_register: Registration from '.*' failed for '<HOST>(:[0-9]+)?' - No matching peer found\\s*$",
  'NOTICE\\[[0-9]+\\]: chan_sip.c:[0-9]+ in handle_request_invite: Sending fake auth rejection for device ".*" <sip:.*@<HOST>>;tag=[a-zA-Z0-9]+\\s*$',
].map((text) => `^${prefixLine('asterisk')}?${text}`);

const scanner = new BlockScanner(
  [sshd, asterisk].map((failregex) =>
    compileFilter(plainSettings({ failregex, logtimezone: 'UTC' }), { thisYear: 2012 }),
  ),
);

function failures(...lines: string[]) {
  const { matches } = unpackResult(
    scanner.scan(Buffer.from(lines.map((line) => `${line}\n`).join('')), { now: Date.UTC(2012, 3, 1) }),
  );
  return matches.map(({ filter, regex, line, groups }) => {
    const { identifier } = chooseIdentifier(groups, 'no');
    return [
      line,
      filter === 0 ? 'sshd' : 'asterisk',
      regex,
      identifier.kind === 'address' ? identifier.text : identifier.kind,
    ];
  });
}

describe("the article's filters on one log of a gateway", () => {
  it('find what sshd says of attackers', () => {
    expect(
      failures(
        'Mar 11 04:02:11 gw sshd[811]: Failed password for root from 198.51.100.7 port 4021 ssh2',
        'Mar 11 04:02:12 gw sshd[812]: Invalid user admin from 2001:DB8::7',
        'Mar 11 04:02:13 gw sshd[813]: Accepted publickey for op from 192.0.2.10 port 4022 ssh2',
        'Mar 11 04:02:14 gw sshd(pam_unix)[814]: authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.8  user=root',
        'Mar 11 04:02:15 gw sshd[815]: ROOT LOGIN REFUSED FROM 198.51.100.9',
      ),
    ).toEqual([
      [0, 'sshd', 0, '198.51.100.7'],
      [1, 'sshd', 2, '2001:db8::7'],
      [3, 'sshd', 3, '198.51.100.8'],
      [4, 'sshd', 1, '198.51.100.9'],
    ]);
  });

  it('find what asterisk says of scanners, in its own file and through syslog', () => {
    expect(
      failures(
        "[2012-03-11 04:02:11] NOTICE[1021]: chan_sip.c:22000 in handle_request_register: Registration from '\"100\" <sip:100@gw>' failed for '203.0.113.9' - Wrong password",
        "Mar 11 04:02:12 gw asterisk[1021]: NOTICE[1034]: chan_sip.c:22001 in handle_request_register: Registration from '\"101\" <sip:101@gw>' failed for '203.0.113.9:5071' - No matching peer found",
        'Mar 11 04:02:13 gw asterisk[1021]: NOTICE[1034]: chan_sip.c:22002 in handle_request_invite: Sending fake auth rejection for device "5" <sip:5@203.0.113.10>;tag=as12ab',
      ),
    ).toEqual([
      [1, 'asterisk', 0, '203.0.113.9'],
      [2, 'asterisk', 1, '203.0.113.10'],
    ]);
  });

  it('are not led astray by a user name that imitates a failure of another host', () => {
    expect(
      failures(
        'Mar 11 04:02:12 gw sshd[812]: Invalid user x from 192.0.2.1 port 1 from 198.51.100.7',
        'Mar 11 04:02:12 gw sshd[812]: Failed password for x from 192.0.2.1 port 22 ssh2 from 198.51.100.7 port 9 ssh2',
      ),
    ).toEqual([
      [0, 'sshd', 2, '198.51.100.7'],
      [1, 'sshd', 0, '198.51.100.7'],
    ]);
  });
});
