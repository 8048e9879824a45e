import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reasonToSkip } from '../requirements.js';
import { BothServers } from './both-servers.js';

const cannot = reasonToSkip('fail2ban-server', 'fail2ban-client', 'namespaces');
const both = new BothServers();
const servers = ['fail2ban', 'f2b'] as const;

/** Writes bytes on a server's socket, in pieces of a few, and reads one answer. */
function talk(server: (typeof servers)[number], bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(both[server], 'f.sock'));
    let answer = '';
    socket.on('error', reject);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (!answer.endsWith('<F2B_END_COMMAND>')) return;
      socket.destroy();
      resolve(answer.replaceAll(both[server], '/TREE'));
    });
    for (let at = 0; at < bytes.length; at += 3) socket.write(bytes.subarray(at, at + 3));
  });
}

/** A list of words as the exporter's pickler writes it: protocol 2, texts as the old kind of string. */
function exporterRequest(...words: string[]): Buffer {
  const texts = words.map((word) => `U${String.fromCharCode(word.length)}${word}`);
  return Buffer.from(`\x80\x02(${texts.join('')}l.<F2B_END_COMMAND>`, 'latin1');
}

/** Runs a pipeline of a script that knows fail2ban, with `fail2ban-client` talking to one of the servers. */
function pipeline(server: (typeof servers)[number], script: string) {
  const client = `fail2ban-client() { command fail2ban-client -c ${both[server]} "$@"; }\n`;
  const { stdout, status } = spawnSync('bash', ['-c', client + script], { encoding: 'utf8' });
  return { stdout: stdout.replaceAll(both[server], '/TREE'), status };
}

describe.skipIf(cannot)('clients of fail2ban that others wrote', () => {
  beforeAll(async () => {
    await both.start();
    await both.ask(['set', 'one', 'banip', '192.0.2.7', '2001:db8::7']);
    await both.ask(['set', 'two', 'banip', '192.0.2.8']);
  }, 120_000);
  afterAll(() => both.stop());

  it.each([
    [['ping', '100']],
    [['status']],
    // Of banned addresses fail2ban sends how Python makes a text of them: clients are as content with the text.
    [['status', 'bare']],
    [['status', 'nojail']],
    [['get', 'one', 'bantime']],
    [['get', 'two', 'findtime']],
    [['get', 'two', 'maxretry']],
  ])('the exporter that asks %j gets byte for byte what fail2ban answers', async (words) => {
    const [fail2ban, f2b] = await Promise.all(servers.map((server) => talk(server, exporterRequest(...words))));
    expect(f2b).toBe(fail2ban);
  });

  it.each([
    ["fail2ban-client status | grep 'Jail list' | cut -f2", 'bare, one, two\n'],
    ["fail2ban-client status one | grep 'IP list:' | cut -f2", '192.0.2.7 2001:db8::7\n'],
    ["fail2ban-client status one | sed -En 's/.+IP list:\\t//p'", '192.0.2.7 2001:db8::7\n'],
    ["fail2ban-client status bare | grep 'IP list:' | cut -f2", '\n'],
    ["fail2ban-client get two ignoreip | grep - | cut -d' ' -f2 | sort", '127.0.0.0/8\n198.51.100.77\n'],
    ["fail2ban-client get one banip | tr ' ' '\\n' | grep -c .", '2\n'],
    ['fail2ban-client ping >/dev/null && echo alive', 'alive\n'],
    ['fail2ban-client get ignoreip; echo $?', 'Sorry but the command is invalid\n255\n'],
    [
      'fail2ban-client set addignoreip 203.0.113.5; echo $?',
      "Invalid command '203.0.113.5' (no set action or not yet implemented)\n255\n",
    ],
    ['fail2ban-client status nojail; echo $?', "Sorry but the jail 'nojail' does not exist\n255\n"],
  ])('the pipeline %s gives the same', (script, stdout) => {
    for (const server of servers) expect({ server, ...pipeline(server, script) }).toMatchObject({ server, stdout });
  });

  it('says on standard error, too, what fail2ban says, and ends with the same status', () => {
    for (const words of [
      ['get', 'ignoreip'],
      ['set', 'one', 'addfailregex', '^nobody$'],
      ['set', 'one', 'unbanip', '--report-absent', '192.0.2.99'],
      ['set', 'one', 'addlogpath', '/nonexistent'],
      ['get', 'one', 'action', 'nothing', 'actionban'],
      ['nonsense'],
      ['status', 'one'],
      ['banned'],
    ]) {
      const [fail2ban, f2b] = servers.map((server) => both.client(server, ...words));
      expect({ words, ...f2b }).toEqual({ words, ...fail2ban });
    }
  });

  it('a script that forgets the jail 10,000 times changes nothing', async () => {
    for (let count = 0; count < 5000; count += 1) {
      await both.askF2b(['get', 'ignoreip']);
      await both.askF2b(['set', 'addignoreip', '203.0.113.5']);
    }
    const [, { value }] = await both.ask(['get', 'one', 'ignoreip']);
    expect(value).not.toContain('203.0.113.5');
    const [, { value: pong }] = await both.ask(['ping']);
    expect(pong).toContain('pong');
  }, 120_000);
});
