import type { Bytes } from '@f2b/config';

/**
 * What honest daemons write all day. Only the speed of the scan rests on it: literals, and places in literals, that stand in lines
 * like these are avoided where there is a choice.
 */
const typicalLines = `\
Mar  4 06:25:01 gate CRON[20417]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)
Mar  4 06:25:02 gate CRON[20417]: pam_unix(cron:session): session closed for user root
Mar  4 06:25:09 gate sshd[981]: Accepted publickey for anna from 192.0.2.77 port 51344 ssh2: ED25519 SHA256:kqz3V0Jw
Mar  4 06:25:10 gate sshd[981]: pam_unix(sshd:session): session opened for user anna(uid=1001) by (uid=0)
Mar  4 06:26:40 gate sshd[981]: Received disconnect from 192.0.2.77 port 51344:11: disconnected by user
Mar  4 06:26:40 gate systemd-logind[611]: New session 417 of user anna.
Mar  4 06:27:00 gate systemd[1]: Starting Daily apt upgrade and clean activities...
Mar  4 06:27:01 gate systemd[1]: Started Session 418 of User backup.
Mar  4 06:27:01 gate systemd[1]: logrotate.service: Deactivated successfully.
Mar  4 06:27:12 gate kernel: [81234.567890] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:ab:cd:ef SRC=192.0.2.9 DST=192.0.2.1 LEN=60 TTL=52 PROTO=TCP SPT=4431 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0
Mar  4 06:27:20 gate dhclient[702]: DHCPREQUEST for 192.0.2.14 on eth0 to 192.0.2.254 port 67 (xid=0x5d1c33aa)
Mar  4 06:27:33 gate named[833]: client @0x7f21 192.0.2.31#40921 (www.example.org): query: www.example.org IN A +E(0)K (192.0.2.1)
Mar  4 06:27:41 gate postfix/smtpd[3312]: connect from mail.example.net[198.51.100.4]
Mar  4 06:27:42 gate postfix/smtpd[3312]: 4BxQy21z: client=mail.example.net[198.51.100.4]
Mar  4 06:27:42 gate postfix/cleanup[3315]: 4BxQy21z: message-id=<20240304062741.7715@example.net>
Mar  4 06:27:42 gate postfix/qmgr[1204]: 4BxQy21z: from=<carl@example.net>, size=4811, nrcpt=1 (queue active)
Mar  4 06:27:43 gate postfix/lmtp[3317]: 4BxQy21z: to=<anna@example.org>, relay=gate[private/lmtp], delay=0.4, dsn=2.0.0, status=sent (250 2.0.0 Saved)
Mar  4 06:27:50 gate dovecot: imap-login: Login: user=<anna>, method=PLAIN, rip=192.0.2.77, lip=192.0.2.1, mpid=3320, TLS, session=<x1>
Mar  4 06:28:30 gate dovecot: imap(anna)<3320><x1>: Disconnected: Logged out in=312 out=2048 deleted=0 expunged=0
2024-03-04 06:28:31 1rgQxe-0004Vd-2k <= carl@example.net H=mail.example.net [198.51.100.4] P=esmtps X=TLS1.3 S=4811
192.0.2.77 - - [04/Mar/2024:06:28:40 +0000] "GET /index.html HTTP/1.1" 200 5120 "https://www.example.org/" "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
192.0.2.78 - anna [04/Mar/2024:06:28:41 +0000] "POST /api/v1/items HTTP/2.0" 304 0 "-" "curl/7.88.1"
2024/03/04 06:28:44 [warn] 812#812: *40921 an upstream response is buffered to a temporary file while reading upstream, client: 192.0.2.77, server: _, request: "GET /feed.xml HTTP/1.1", host: "www.example.org"
[Mon Mar 04 06:28:45.123456 2024] [core:notice] [pid 900:tid 1404] AH00094: Command line: '/usr/sbin/apache2'
[2024-03-04 06:28:46] VERBOSE[2211][C-0000a31f] pbx.c: Executing [200@from-internal:3] Dial("SIP/trunk-0000b2c4", "SIP/200,30,tTwW") in new stack
[2024-03-04 06:28:46] NOTICE[2211] chan_sip.c: Peer '200' is now Reachable. (23ms / 2000ms)
2024-03-04T06:28:50.123456+00:00 gate mysqld[640]: 2024-03-04 06:28:50 41 [Note] Event Scheduler: Loaded 0 events
{"level":"info","ts":1709533730.123,"logger":"http.log.access","msg":"handled request","status":200,"duration":0.0023}
`;

/** Of a log's own lines, the last ones. */
const keptBytes: Bytes = 16 * 1024;

/** What is known of a log before it is scanned. */
export class LogSample {
  /** What is known of the log's own lines; undefined: nothing. */
  readonly bytes: Uint8Array | undefined;
  readonly #own: string;
  /** Filters have much in common. */
  readonly #counts = [new Map<string, number>(), new Map<string, number>()] as const;
  #folded: { readonly typical: string; readonly own: string } | undefined;

  /** @param own lines of the log, if there are any yet */
  constructor(own: Uint8Array = new Uint8Array(0)) {
    const kept = Buffer.from(own.subarray(-keptBytes));
    this.bytes = kept.length === 0 ? undefined : kept;
    this.#own = kept.toString('latin1');
  }

  /** Typical lines, then the log's own. */
  get text(): Uint8Array {
    return Buffer.concat([Buffer.from(typicalLines), this.bytes ?? Buffer.alloc(0)]);
  }

  /**
   * Whether a text is likely to stand in the log, if nothing better is known: it stands in typical lines.
   * @param foldCase it is in lower case, and case does not count
   */
  isLikely(text: string, foldCase: boolean): boolean {
    if (this.bytes !== undefined) return this.count(text, foldCase) > 0;
    return (foldCase ? this.#inLowerCase().typical : typicalLines).includes(text);
  }

  /** How often a text stands in the log's own lines. @param foldCase as above */
  count(text: string, foldCase: boolean): number {
    if (this.#own === '') return 0;
    const counts = this.#counts[foldCase ? 1 : 0];
    const known = counts.get(text);
    if (known !== undefined) return known;
    const count = this.#countNow(text, foldCase);
    counts.set(text, count);
    return count;
  }

  #countNow(text: string, foldCase: boolean): number {
    const own = foldCase ? this.#inLowerCase().own : this.#own;
    let count = 0;
    for (let at = own.indexOf(text); at >= 0; at = own.indexOf(text, at + text.length)) count++;
    return count;
  }

  #inLowerCase() {
    this.#folded ??= { typical: typicalLines.toLowerCase(), own: this.#own.toLowerCase() };
    return this.#folded;
  }
}

/** A log of which nothing is known. */
export const unknownLog = new LogSample();
