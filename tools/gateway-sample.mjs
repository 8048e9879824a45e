#!/usr/bin/env node
// Writes packages/cli/sample/gateway.log: half a minute in the life of an attacked SSH and SIP gateway, which
// `npm start` replays where a host has no logs of its own. All addresses are from the documentation ranges.
// One line: milliseconds since the beginning, the log it goes to, the text behind the time stamp.
// Run it again after a change here; the same source always writes the same file.
import { writeFileSync } from 'node:fs';

const gateway = '192.0.2.1';
/** @type {{ at: number, log: 'auth' | 'asterisk', text: string }[]} */
const lines = [];

let state = 20261123;
/** A small generator with a fixed seed: the sample must not change from run to run. */
function random(below) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % below;
}

function sshd(at, pid, text) {
  lines.push({ at, log: 'auth', text: `gateway sshd-session[${pid}]: ${text}` });
}

function asterisk(at, text) {
  lines.push({ at, log: 'asterisk', text });
}

/** Tries passwords, one connection each, until f2b should have stopped it (and a few more, as packets in flight would). */
function sshGuesser(from, start, gap, users) {
  users.forEach((user, index) => {
    const at = start + index * gap + random(40);
    const pid = 2000 + random(7000);
    const port = 32768 + random(28000);
    sshd(at, pid, `Invalid user ${user} from ${from} port ${port}`);
    sshd(at + 20, pid, `Failed password for invalid user ${user} from ${from} port ${port} ssh2`);
    sshd(at + 60, pid, `Connection closed by invalid user ${user} ${from} port ${port} [preauth]`);
  });
}

/** Hammers one account over one connection. */
function sshHammer(from, start, gap, tries) {
  const pid = 2000 + random(7000);
  const port = 32768 + random(28000);
  for (let index = 0; index < tries; index += 1) {
    sshd(start + index * gap, pid, `Failed password for root from ${from} port ${port} ssh2`);
  }
}

/** A SIP scanner that walks through extensions. */
function pjsipScanner(from, start, gap, first, count) {
  for (let index = 0; index < count; index += 1) {
    const extension = first + index;
    const call = `${random(0xffffff).toString(16)}-${random(0xffffff).toString(16)}`;
    asterisk(
      start + index * gap,
      `NOTICE[1874] res_pjsip/pjsip_distributor.c: Request 'REGISTER' from '"${extension}" <sip:${extension}@${gateway}>' ` +
        `failed for '${from}:${5060 + random(40)}' (callid: ${call}) - No matching endpoint found`,
    );
  }
}

function chanSipGuesser(from, start, gap, count) {
  for (let index = 0; index < count; index += 1) {
    asterisk(
      start + index * gap,
      `NOTICE[1640] chan_sip.c: Registration from '"200" <sip:200@${gateway}>' failed for '${from}:5060' - Wrong password`,
    );
  }
}

function securityEvents(from, start, gap, count) {
  for (let index = 0; index < count; index += 1) {
    asterisk(
      start + index * gap,
      `SECURITY[1866] res_security_log.c: SecurityEvent="ChallengeResponseFailed",EventTV="-",Severity="Error",Service="PJSIP",` +
        `EventVersion="1",AccountID="300",SessionID="${random(0xffffff).toString(16)}",LocalAddress="IPV6/UDP/2001:db8::1/5060",` +
        `RemoteAddress="IPV6/UDP/${from}/5060",Challenge="${random(0xffffffff).toString(16)}",Response="",ExpectedResponse=""`,
    );
  }
}

// Everyday life: people who log in, one of whom mistypes; a phone that registers.
sshd(
  200,
  1201,
  'Accepted publickey for deploy from 192.0.2.10 port 50122 ssh2: ED25519 SHA256:f2bf2bf2bf2bf2bf2bf2bf2bf2bf2bf2bf2bf2bf2bf',
);
sshd(3100, 1244, 'Failed password for anna from 192.0.2.44 port 40210 ssh2');
sshd(6400, 1244, 'Accepted password for anna from 192.0.2.44 port 40210 ssh2');
asterisk(
  1500,
  `VERBOSE[1850] res_pjsip_registrar.c: Added contact 'sip:401@192.0.2.51:5060' to AOR '401' with expiration of 3600 seconds`,
);

sshGuesser('203.0.113.45', 50, 150, ['admin', 'oracle', 'test', 'ubuntu', 'postgres', 'git']);
pjsipScanner('198.51.100.23', 900, 260, 100, 12);
sshHammer('2001:db8:bad::17', 4000, 500, 7);
chanSipGuesser('203.0.113.77', 6500, 600, 6);
// A liar: the user name poses as a failure of 192.0.2.44. The one to ban is 203.0.113.66.
sshGuesser('203.0.113.66', 9000, 500, [
  'root from 192.0.2.44 port 22 ssh2',
  'x 192.0.2.44 port 22 [preauth]',
  'root from 192.0.2.44 port 22 ssh2',
  'root from 192.0.2.44 port 22 ssh2',
]);
securityEvents('2001:db8:dead:beef::5', 11500, 450, 7);
// Slow and patient, below the limit: stays free.
sshHammer('198.51.100.200', 2500, 6000, 3);
pjsipScanner('203.0.113.150', 15000, 180, 1000, 20);
sshGuesser('198.51.100.91', 18000, 350, ['pi', 'user', 'ftp', 'guest', 'support']);

lines.sort((a, b) => a.at - b.at);
const file = new URL('../packages/cli/sample/gateway.log', import.meta.url);
writeFileSync(file, `${lines.map((line) => `${line.at} ${line.log} ${line.text}`).join('\n')}\n`);
process.stdout.write(`${lines.length} lines, ${lines.at(-1)?.at} ms\n`);
