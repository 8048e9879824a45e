import { closeSync, openSync, writeSync } from 'node:fs';
import type { EpochMs } from '@f2b/config';

/**
 * A gateway's log by another hand than `f2b bench`'s generator, so that figures hold for logs that nothing was tuned on:
 * dates with microseconds and a zone, attackers who come in bursts and mostly over IPv4, five kinds of sshd failures, and
 * between them a PBX, cron and the kernel, with lines of very different length, now and then one that is not ASCII.
 */
export interface GatewayLog {
  readonly lines: number;
  /** Share of lines that are failures, 0 to 1. */
  readonly hitRate: number;
  readonly seed: number;
  /** Time of the last line. */
  readonly until: EpochMs;
}

/** Whole numbers below a bound, the same for the same seed (xorshift). */
type Below = (bound: number) => number;

function numbers(seed: number): Below {
  let state = seed | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const names = ['root', 'admin', 'ftpuser', 'jenkins', 'odoo', 'minecraft', 'zabbix', 'a', 'user1234567890', 'www-data'];
const numbersDialled = ['00442079460123', '9011972595', '*98', '1001', '7004', '00'];

/** One attacker's burst: who, with how many lines still to come. */
interface Burst {
  readonly from: string;
  readonly pid: number;
  readonly port: number;
  left: number;
}

function newBurst(below: Below): Burst {
  const v4 = `${['203.0.113', '198.51.100'][below(2)]}.${1 + below(254)}`;
  const from = below(8) === 0 ? `2001:db8:${below(65_536).toString(16)}::${1 + below(9)}` : v4;
  return { from, pid: 900 + below(3_000_000), port: 1024 + below(64_000), left: 1 + below(12) };
}

function failure(below: Below, { from, pid, port }: Burst): string {
  const name = names[below(names.length)];
  const daemon = `edge sshd[${pid}]:`;
  switch (below(5)) {
    case 0:
      return `${daemon} Failed password for ${name} from ${from} port ${port} ssh2`;
    case 1:
      return `${daemon} Failed password for invalid user ${name} from ${from} port ${port} ssh2`;
    case 2:
      return `${daemon} Invalid user ${name} from ${from} port ${port}`;
    case 3:
      return `${daemon} User ${name} from ${from} not allowed because not listed in AllowUsers`;
    default:
      return `${daemon} error: maximum authentication attempts exceeded for invalid user ${name} from ${from} port ${port} ssh2 [preauth]`;
  }
}

function everydayLine(below: Below): string {
  switch (below(9)) {
    case 0:
      return `edge CRON[${below(99_999)}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`;
    case 1:
      return `edge CRON[${below(99_999)}]: pam_unix(cron:session): session closed for user root`;
    case 2:
      return `edge kernel: [${below(9_999_999)}.${100_000 + below(899_999)}] nf_conntrack: table full, dropping packet`;
    case 3:
      return (
        `edge kernel: [${below(9_999_999)}.${100_000 + below(899_999)}] IN=wan0 OUT= MAC=${below(16 ** 6).toString(16)} SRC=192.0.2.${below(255)} ` +
        `DST=192.0.2.1 LEN=${40 + below(1400)} TOS=0x00 PREC=0x00 TTL=${below(255)} ID=${below(65_536)} DF PROTO=TCP SPT=${below(65_536)} DPT=${below(65_536)} ` +
        `WINDOW=${below(65_536)} RES=0x00 SYN URGP=0 OPT (${'02040'.repeat(below(40))})`
      );
    case 4:
      return `edge asterisk[771]: VERBOSE[${below(99_999)}][C-${below(16 ** 6).toString(16)}]: pbx.c:2937 in pbx_extension_helper: Executing [${numbersDialled[below(numbersDialled.length)]}@incoming:${below(40)}] NoOp("PJSIP/trunk-${below(16 ** 6).toString(16)}", "caller ${below(1e9)}") in new stack`;
    case 5:
      return `edge asterisk[771]: NOTICE[${below(99_999)}]: res_pjsip/pjsip_options.c:${below(2000)} Contact ${below(900)}/sip:${below(900)}@192.0.2.${below(255)} is now Reachable.  RTT: ${below(90)}.${below(1000)} msec`;
    case 6:
      return `edge sshd[${below(3_000_000)}]: Accepted publickey for deploy from 192.0.2.${below(255)} port ${1024 + below(60_000)} ssh2: ED25519 SHA256:${below(16 ** 8).toString(16)}`;
    case 7:
      return `edge sshd[${below(3_000_000)}]: Received disconnect from 192.0.2.${below(255)} port ${1024 + below(60_000)}:11: disconnected by user`;
    default:
      return below(20) === 0
        ? `edge postfix/smtpd[${below(99_999)}]: warning: Grüße aus Köln: name=Müller-Lüdenscheidt, id=${below(1e9)}`
        : `edge systemd[1]: session-${below(9999)}.scope: Deactivated successfully.`;
  }
}

const chunkCharacters = 1 << 20;

/** The text of the log, in chunks of whole lines. */
export function* gatewayLog({ lines, hitRate, seed, until }: GatewayLog): Generator<string> {
  const below = numbers(seed);
  const openBursts: Burst[] = [];
  // A day at most; how long ago the first line was.
  let micros = -Math.min(lines * 9_000, 86_000_000_000);
  const step = -micros / Math.max(1, lines);
  let second = Number.NaN;
  let stamp = '';
  let chunk = '';
  for (let line = 0; line < lines; line++) {
    micros += step;
    const time = until + micros / 1000;
    if (Math.floor(time / 1000) !== second) {
      second = Math.floor(time / 1000);
      stamp = new Date(second * 1000).toISOString().slice(0, 19);
    }
    const fraction = String(Math.floor((time - second * 1000) * 1000)).padStart(6, '0');
    let text: string;
    if (below(100_000) < hitRate * 100_000) {
      // Some attackers at a time, each with a burst of its own.
      const which = below(6);
      const burst = openBursts[which] ?? newBurst(below);
      burst.left--;
      openBursts[which] = burst.left > 0 ? burst : newBurst(below);
      text = failure(below, burst);
    } else text = everydayLine(below);
    chunk += `${stamp}.${fraction}+00:00 ${text}\n`;
    if (chunk.length >= chunkCharacters) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/** Writes the log to `file` (mode 0600), replacing what was there. */
export function writeGatewayLog(file: string, log: GatewayLog): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    for (const chunk of gatewayLog(log)) writeSync(descriptor, chunk);
  } finally {
    closeSync(descriptor);
  }
}
