import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openServerVoice } from './server-voice.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-log-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const base = { loglevel: 'INFO', syslogsocket: 'auto', logformat: 'classic' } as const;

describe('a log file', () => {
  it('receives fail2ban’s lines in order, and is readable by its owner only', async () => {
    const file = join(directory, 'f2b.log');
    const voice = openServerVoice({ ...base, logtarget: file });
    voice.say({ logger: 'fail2ban.actions', level: 'NOTICE', message: '[sshd] Ban 192.0.2.9' });
    voice.say({ logger: 'fail2ban.filter', level: 'DEBUG', message: 'below the level' });
    for (let index = 0; index < 500; index += 1)
      voice.say({ logger: 'fail2ban.filter', level: 'INFO', message: `[sshd] Found ${index}` });
    await voice.close();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} fail2ban\.actions {8}\[\d+\]: NOTICE {2}\[sshd\] Ban 192\.0\.2\.9$/,
    );
    expect(lines).toHaveLength(501);
    expect(lines.slice(1).map((line) => line.split(' Found ')[1])).toEqual([...Array(500).keys()].map(String));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is opened anew after a rotation, and no line is lost', async () => {
    const file = join(directory, 'f2b.log');
    const voice = openServerVoice({ ...base, logtarget: file });
    voice.say({ logger: 'fail2ban.server', level: 'INFO', message: 'before' });
    renameSync(file, `${file}.1`);
    expect(voice.reopen()).toBe('rolled over');
    voice.say({ logger: 'fail2ban.server', level: 'INFO', message: 'after' });
    await voice.close();
    expect(readFileSync(`${file}.1`, 'utf8')).toContain('before\n');
    expect(readFileSync(file, 'utf8')).toContain('after\n');
  });

  it('holds one JSON object a line by choice, with nothing hidden in it', async () => {
    const file = join(directory, 'f2b.log');
    const voice = openServerVoice({ ...base, logtarget: file, logformat: 'json' });
    voice.say({ logger: 'fail2ban.filter', level: 'WARNING', message: 'hostile "\n\u2028 text' });
    await voice.close();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'WARNING',
      logger: 'fail2ban.filter',
      msg: 'hostile "\n\u2028 text',
      pid: process.pid,
    });
  });

  it('changes its level while it runs, to any number', async () => {
    const file = join(directory, 'f2b.log');
    const voice = openServerVoice({ ...base, logtarget: file });
    voice.setLevel('26');
    voice.say({ logger: 'fail2ban.server', level: 'NOTICE', message: 'hidden' });
    voice.say({ logger: 'fail2ban.server', level: 'WARNING', message: 'shown' });
    await voice.close();
    expect(readFileSync(file, 'utf8')).not.toContain('hidden');
    expect(readFileSync(file, 'utf8')).toContain('shown');
  });
});

/** Runs the built log in a process of its own, where STDERR can be looked at. */
function runWith(settings: object, script: string) {
  const code = `import { openServerVoice } from ${JSON.stringify(new URL('../../../dist/daemon/voice/server-voice.js', import.meta.url).href)};
    const voice = openServerVoice(${JSON.stringify({ ...base, ...settings })});
    ${script}
    await voice.close();`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 20_000 });
}

describe('a target that cannot be opened', () => {
  it.each([
    [
      'a file in a missing directory',
      { logtarget: '/nonexistent/f2b.log' },
      /cannot open the log file \/nonexistent\/f2b\.log/,
    ],
    [
      'SYSLOG without a socket',
      { logtarget: 'SYSLOG', syslogsocket: '/nonexistent/log' },
      /no log socket at \/nonexistent\/log/,
    ],
  ])('%s is said once on STDERR, which takes its place', (_, settings, message) => {
    const { stderr, status } = runWith(
      settings,
      "voice.say({ logger: 'fail2ban.server', level: 'INFO', message: 'still here' });",
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('now logging to STDERR');
    expect(stderr).toContain('INFO    still here\n');
  });
});

describe('a full disk', () => {
  it('is reported once, on STDERR too, and does not hold up the process', () => {
    const { stderr, status } = runWith(
      { logtarget: '/dev/full' },
      `for (let round = 0; round < 5; round += 1) {
         voice.say({ logger: 'fail2ban.server', level: 'INFO', message: 'line' });
         await new Promise((resolve) => setImmediate(resolve));
       }
       await new Promise((resolve) => process.stderr.write('', resolve));`,
    );
    expect(status).toBe(0);
    expect(stderr.match(/cannot write the log to \/dev\/full/g)).toHaveLength(1);
  });
});

describe('SYSOUT', () => {
  it('is standard output without the time', () => {
    const { stdout } = runWith(
      { logtarget: 'SYSOUT' },
      "voice.say({ logger: 'fail2ban.server', level: 'INFO', message: 'hello' });",
    );
    expect(stdout).toMatch(/^fail2ban\.server {9}\[\d+\]: INFO {4}hello\n$/);
  });
});

const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('ready', flush=True)
for _ in range(int(sys.argv[2])):
    print(s.recv(65536).decode(), flush=True)
`;

const tools = ['logger', 'python3'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
if (tools.length > 0 && process.env.CI) throw new Error(`the syslog test needs ${tools.join(', ')}`);

describe.skipIf(tools.length > 0)(`SYSLOG${tools.length > 0 ? ` (skipped: ${tools.join(', ')} missing)` : ''}`, () => {
  it('sends RFC 3164 datagrams with the speaker as tag, our pid, and the severity of the level', async () => {
    const socket = join(directory, 'log');
    const script = join(directory, 'receiver.py');
    writeFileSync(script, receiver);
    const child = spawn('python3', [script, socket, '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let received = '';
    const done = new Promise<void>((resolve) => child.on('close', () => resolve()));
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        received += data.toString();
        if (received.startsWith('ready\n')) resolve();
      });
    });
    const voice = openServerVoice({ ...base, logtarget: 'SYSLOG[facility=LOCAL1]', syslogsocket: socket });
    expect(voice.target).toBe('SYSLOG[facility=LOCAL1]');
    voice.say({ logger: 'fail2ban.actions', level: 'NOTICE', message: '[sshd] Ban 192.0.2.9' });
    voice.say({ logger: 'fail2ban.server', level: 'ERROR', message: 'two\n<0>lines' });
    voice.say({ logger: 'fail2ban.actions', level: 'INFO', message: '$(reboot) `id` "; true' });
    await voice.close();
    await done;
    const lines = received.trimEnd().split('\n').slice(1).sort();
    const facility = 17 * 8;
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line.includes('Ban'))).toMatch(
      new RegExp(`^<${facility + 5}>.*fail2ban\\.actions\\[${process.pid}\\]: NOTICE \\[sshd\\] Ban 192\\.0\\.2\\.9$`),
    );
    expect(lines.find((line) => line.includes('two'))).toMatch(
      new RegExp(`^<${facility + 3}>.*fail2ban\\.server\\[${process.pid}\\]: ERROR two\\\\n<0>lines$`),
    );
    expect(lines.find((line) => line.includes('reboot'))).toContain(`INFO $(reboot) \`id\` "; true`);
  });
});
