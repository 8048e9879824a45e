import type { Random } from './random.js';

/** One kind of log: how its lines begin, what an honest line says, what an attack looks like to the stock filter of that name. */
export interface LogKind {
  /** The stock filter that finds this kind's attacks. */
  readonly filter: string;
  date(date: Date): string;
  honest(random: Random): string;
  attack(random: Random): string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const users = ['root', 'admin', 'oracle', 'test', 'pi', 'ubuntu', 'git', 'postgres', 'backup', 'deploy'];
const paths = ['/', '/index.html', '/api/v1/items', '/static/app.js', '/img/logo.svg', '/login', '/feed.xml'];

const two = (number: number) => String(number).padStart(2, '0');
const clock = (date: Date) => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
const syslogDate = (date: Date) => `${months[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock(date)}`;

// Only the ranges that are set aside for documentation: nobody is at these addresses.
const attacker = (random: Random) => `${random.pick(['198.51.100', '203.0.113'])}.${random.between(1, 254)}`;
const neighbour = (random: Random) => `192.0.2.${random.between(2, 254)}`;
const pid = (random: Random) => random.between(300, 65_000);
const port = (random: Random) => random.between(1024, 65_535);

/** What any gateway's syslog is full of. */
function gatewayLine(random: Random): string {
  switch (random.between(0, 6)) {
    case 0:
      return `gw1 CRON[${pid(random)}]: pam_unix(cron:session): session opened for user backup(uid=34) by (uid=0)`;
    case 1:
      return (
        `gw1 kernel: [${random.between(1, 999_999)}.${random.between(100_000, 999_999)}] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:${random.hex(2)}:${random.hex(2)}:${random.hex(2)} ` +
        `SRC=${neighbour(random)} DST=192.0.2.1 LEN=40 TTL=244 ID=${port(random)} PROTO=TCP SPT=${port(random)} DPT=${port(random)}`
      );
    case 2:
      return `gw1 systemd[1]: Started Session ${random.between(1, 9999)} of User backup.`;
    case 3:
      return (
        `gw1 asterisk[2211]: VERBOSE[${pid(random)}][C-0000${random.hex(4)}] pbx.c: Executing [s@macro-dial:${random.between(1, 30)}] ` +
        `Dial("SIP/trunk-0000${random.hex(4)}", "SIP/${random.between(100, 399)},30,tTwW") in new stack`
      );
    case 4:
      return `gw1 sshd[${pid(random)}]: Starting session: shell on pts/${random.between(0, 9)} for ${random.pick(users)} from ${neighbour(random)} port ${port(random)} id 0`;
    case 5:
      return `gw1 sshd[${pid(random)}]: pam_unix(sshd:session): session opened for user ${random.pick(users)}(uid=1000) by (uid=0)`;
    default:
      return `gw1 dhclient[812]: DHCPREQUEST for 192.0.2.14 on eth0 to 192.0.2.254 port 67 (xid=0x${random.hex(8)})`;
  }
}

const sshd: LogKind = {
  filter: 'sshd',
  date: syslogDate,
  honest: gatewayLine,
  attack(random) {
    const daemon = `gw1 sshd[${pid(random)}]:`;
    switch (random.between(0, 3)) {
      case 0:
        return `${daemon} Failed password for invalid user ${random.pick(users)} from ${attacker(random)} port ${port(random)} ssh2`;
      case 1:
        return `${daemon} Failed password for ${random.pick(users)} from ${attacker(random)} port ${port(random)} ssh2`;
      case 2:
        return `${daemon} Invalid user ${random.pick(users)} from ${attacker(random)} port ${port(random)}`;
      default:
        return `${daemon} error: maximum authentication attempts exceeded for ${random.pick(users)} from ${attacker(random)} port ${port(random)} ssh2 [preauth]`;
    }
  },
};

const asterisk: LogKind = {
  filter: 'asterisk',
  date: (date) => `[${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(date)}]`,
  honest(random) {
    switch (random.between(0, 3)) {
      case 0:
        return (
          `VERBOSE[${pid(random)}][C-0000${random.hex(4)}] pbx.c: Executing [${random.between(100, 399)}@from-internal:${random.between(1, 30)}] ` +
          `Set("SIP/${random.between(100, 399)}-0000${random.hex(4)}", "CDR(accountcode)=${random.between(1000, 9999)}") in new stack`
        );
      case 1:
        return `VERBOSE[${pid(random)}][C-0000${random.hex(4)}] app_dial.c: SIP/${random.between(100, 399)}-0000${random.hex(4)} is ringing`;
      case 2:
        return `NOTICE[${pid(random)}]: chan_sip.c:24331 in handle_response_peerpoke: Peer '${random.between(100, 399)}' is now Reachable. (${random.between(3, 90)}ms / 2000ms)`;
      default:
        return `WARNING[${pid(random)}][C-0000${random.hex(4)}]: rtp.c:2013 in process_sdp: Insufficient information in SDP (c=)...`;
    }
  },
  attack(random) {
    const caller = random.between(100, 9999);
    const from = `'"${caller}" <sip:${caller}@192.0.2.1>'`;
    const why = random.pick(['Wrong password', 'No matching peer found', 'Username/auth name mismatch']);
    return `NOTICE[${pid(random)}]: chan_sip.c:24331 in handle_request_register: Registration from ${from} failed for '${attacker(random)}:${port(random)}' - ${why}`;
  },
};

const nginx: LogKind = {
  filter: 'nginx-http-auth',
  date: (date) => `${date.getFullYear()}/${two(date.getMonth() + 1)}/${two(date.getDate())} ${clock(date)}`,
  honest(random) {
    const request = `request: "GET ${random.pick(paths)} HTTP/1.1", host: "www.example.org"`;
    switch (random.between(0, 2)) {
      case 0:
        return `[error] 812#812: *${pid(random)} open() "/srv/www${random.pick(paths)}" failed (2: No such file or directory), client: ${neighbour(random)}, server: _, ${request}`;
      case 1:
        return `[warn] 812#812: *${pid(random)} an upstream response is buffered to a temporary file /var/cache/nginx/${random.hex(6)} while reading upstream, client: ${neighbour(random)}, server: _, ${request}`;
      default:
        return `[info] 812#812: *${pid(random)} client ${neighbour(random)} closed keepalive connection`;
    }
  },
  attack(random) {
    const what = random.pick(['password mismatch', 'was not found in "/etc/nginx/htpasswd"']);
    const separator = what.startsWith('was') ? ' ' : ': ';
    return (
      `[error] 812#812: *${pid(random)} user "${random.pick(users)}"${separator}${what}, client: ${attacker(random)}, server: _, ` +
      `request: "GET /private HTTP/1.1", host: "www.example.org"`
    );
  },
};

/** The kinds of log that can be generated, by name. */
export const logKinds: Readonly<Record<'sshd' | 'asterisk' | 'nginx', LogKind>> = { sshd, asterisk, nginx };
