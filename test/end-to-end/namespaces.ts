import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** Addresses of the two hosts; all are documentation ranges but the last, which is the article's own internal network. */
export const addresses = {
  gateway: { v4: '192.0.2.1', v6: '2001:db8::1', internal: '10.13.37.1' },
  attacker: '192.0.2.66',
  attacker6: '2001:db8::66',
  bystander: '192.0.2.77',
  internal: '10.13.37.5',
} as const;

/** Two hosts on one machine: network namespaces joined by a veth, made by the test and removed by it. */
export class TwoHosts {
  readonly gateway: string;
  readonly outside: string;

  constructor() {
    const name = randomBytes(4).toString('hex');
    this.gateway = `f2b-gw-${name}`;
    this.outside = `f2b-out-${name}`;
    const link = { gateway: `g${name}`, outside: `o${name}` };
    ip('netns', 'add', this.gateway);
    ip('netns', 'add', this.outside);
    ip(
      'link',
      'add',
      link.gateway,
      'netns',
      this.gateway,
      'type',
      'veth',
      'peer',
      'name',
      link.outside,
      'netns',
      this.outside,
    );
    const { v4, v6, internal } = addresses.gateway;
    for (const address of [`${v4}/24`, `${v6}/64`, `${internal}/24`]) addAddress(this.gateway, link.gateway, address);
    const outside = [addresses.attacker, addresses.bystander, addresses.internal].map((a) => `${a}/24`);
    for (const address of [...outside, `${addresses.attacker6}/64`]) addAddress(this.outside, link.outside, address);
    for (const [host, device] of [
      [this.gateway, link.gateway],
      [this.outside, link.outside],
    ] as const) {
      ip('-n', host, 'link', 'set', 'lo', 'up');
      ip('-n', host, 'link', 'set', device, 'up');
    }
  }

  /** Runs a command on the gateway; returns its output. Throws when it fails. */
  onGateway(command: string, ...args: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.gateway, command, ...args], { encoding: 'utf8', stdio: 'pipe' });
  }

  /** Rules of `chain` on the gateway as iptables prints them; undefined when there is no such chain. */
  rules(chain: string, family: 4 | 6 = 4): string[] | undefined {
    const tool = family === 4 ? 'iptables' : 'ip6tables';
    const listed = spawnSync('ip', ['netns', 'exec', this.gateway, tool, '-w', '-S', chain], { encoding: 'utf8' });
    // Some versions of iptables print an apostrophe with a backslash before it.
    return listed.status === 0 ? listed.stdout.trim().replaceAll("\\'", "'").split('\n') : undefined;
  }

  /** Everything in the gateway's filter tables, counters and comments left out. */
  wholeFirewall(): string[] {
    const saved = this.onGateway('iptables-save') + this.onGateway('ip6tables-save');
    const lines = saved.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return lines.map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
  }

  /** Whether one ping sent from `source` is answered by the gateway. */
  answersPing(source: string): boolean {
    const { v4, v6, internal } = addresses.gateway;
    const target = source.includes(':') ? v6 : source === addresses.internal ? internal : v4;
    const args = ['netns', 'exec', this.outside, 'ping', '-n', '-c', '1', '-W', '1', '-I', source, target];
    return spawnSync('ip', args).status === 0;
  }

  /** Forgets whom xt_recent marked, as an hour of silence would. */
  forgetAttackers(): void {
    this.onGateway('sh', '-c', 'for list in /proc/net/xt_recent/*; do echo / > "$list"; done');
  }

  remove(): void {
    for (const host of [this.gateway, this.outside]) spawnSync('ip', ['netns', 'del', host]);
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

function addAddress(host: string, device: string, address: string): void {
  // Without nodad a fresh IPv6 address stays tentative for a second and answers nobody.
  ip('-n', host, 'addr', 'add', address, 'dev', device, ...(address.includes(':') ? ['nodad'] : []));
}
