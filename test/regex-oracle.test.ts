/** `f2b regex` beside the installed fail2ban-regex: the same words in, the same lines out. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { reasonToSkip } from './requirements.js';

const f2b = fileURLToPath(new URL('../packages/cli/bin/f2b.js', import.meta.url));
const article = fileURLToPath(new URL('fixtures/article', import.meta.url));
const skip = reasonToSkip('fail2ban-regex');
const folder = mkdtempSync(join(tmpdir(), 'f2b-regex-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = write(
  'plain.log',
  `2024-05-01 10:00:00 host sshd[1]: Failed password for root from 192.0.2.5
2024-05-01 10:00:01 host sshd[1]: Failed password for invalid user bob from 192.0.2.6
2024-05-01 10:00:02 host sshd[1]: nothing here
# a comment

2024-05-01 10:00:03 host sshd[1]: Failed password for root from 192.0.2.7 ignoreme
`,
);
const sessions = write(
  'sessions.log',
  `2024-05-01 10:00:00 h sshd[11]: Failed password for invalid user bob from 192.0.2.6 port 22 ssh2
2024-05-01 10:00:01 h sshd[11]: Connection from 192.0.2.6 port 22
2024-05-01 10:00:01 h sshd[11]: Failed password for root from 192.0.2.6 port 22 ssh2
2024-05-01 10:00:02 h sshd[11]: Accepted password for root from 192.0.2.6 port 22 ssh2
2024-05-01 10:00:02 h sshd[12]: Accepted password for joe from 192.0.2.8 port 22 ssh2
2024-05-01 10:00:03 h sshd[13]: Connection closed by 192.0.2.9 port 22 [preauth]
2024-05-01 10:00:03 h kernel: hello
2024-05-01 10:00:03 h sshd[14]: Invalid user x from 192.0.2.19 port 22
`,
);
const many = write(
  'many.log',
  `${'2024-05-01 10:00:03 h sshd[14]: Invalid user x from 192.0.2.19 port 22\n'.repeat(25)}${'2024-05-01 10:00:03 h kernel: hello\n'.repeat(30)}`,
);
const hostile = write(
  'hostile.log',
  Buffer.concat([Buffer.from([0x61, 0xff, 0xfe, 0]), Buffer.from(' from 192.0.2.1 \x1b[1m\nb from 1.2.3.400\n')]),
);
const two = write(
  'two.conf',
  '[Definition]\nfailregex = from <HOST>\n  Invalid .* from <HOST>\nignoreregex = kernel\n  Accepted\n',
);

const regex = String.raw`Failed \S+ for (?:invalid user )?<F-USER>\S+</F-USER> from <HOST>`;
const sshd = '/etc/fail2ban/filter.d/sshd.conf';

function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

interface Answer {
  readonly status: number | null;
  readonly text: string;
}

/** Seconds, sets of users (unordered), and the texts that fail2ban 1.1 changed, on the way to equal lines. */
function normalised(text: string): string {
  return text
    .replaceAll('::?|::){1,7}', '::?|:){1,7}')
    .replace(/\[processed in [\d.]+ sec\]/, '[processed]')
    .replaceAll(/\{('[^{}:]*')\}/g, (_all, users: string) => `{${users.split(', ').sort().join(', ')}}`)
    .replaceAll(
      'ExYearExMonthExDay(?:-|T|  ?)Ex24hour:?ExMinute:?ExSecond',
      'ExYearExMonthExDay(?:T|  ?)Ex24hourExMinuteExSecond',
    );
}

function run(command: string, words: readonly string[]): Answer {
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
  return { status, text: normalised(stdout) };
}

const theirs = (words: readonly string[]) => run('fail2ban-regex', words);
const ours = (words: readonly string[]) => run(process.execPath, [f2b, 'regex', ...words]);

describe.skipIf(skip !== undefined)('f2b regex prints what fail2ban-regex prints', () => {
  const tag = '<ip> <F-USER> <time> <failures> [<msg>] <fid> <ip-rev> <family>';
  it.each<[string, string[]]>([
    ['the full report with an ignoreregex', [plain, regex, 'ignoreme$']],
    ['every address with -v', ['-v', plain, regex]],
    ['date patterns with --VD', ['--VD', plain, regex]],
    ['a datepattern of its own', ['-d', '%Y-%m-%d %H:%M:%S', plain, regex]],
    ['matched lines', ['--print-all-matched', '--print-no-missed', plain, regex]],
    ['one line as text', ['2024-05-01 10:00:00 Failed x for bob from 192.0.2.4', regex]],
    ['several lines as text', [`from 192.0.2.4\n#no\n\nb\nc\nd\ne`, 'from <HOST>']],
    ['an empty text', ['', 'from <HOST>']],
    ['too many lines to list', [many, two]],
    ['all lines of a long list', ['--print-all-missed', many, two]],
    ['a list that -L shortens', ['-L', '2', sessions, two]],
    ['a filter with two expressions, each counted', ['-v', sessions, two]],
    ['only the first expression with --no-check-all', ['--no-check-all', '-v', sessions, two]],
    ['stock sshd by path', [sshd, sessions].reverse()],
    ['stock sshd with options', [sessions, `${sshd}[mode=aggressive]`]],
    ['stock sshd with -v', ['-v', sessions, sshd]],
    ['stock apache-auth, which nothing matches', [plain, '/etc/fail2ban/filter.d/apache-auth.conf']],
    ["the article's sshd", ['-c', article, sessions, join(article, 'filter.d/sshd.conf')]],
    ['rows', ['-o', 'row', plain, regex]],
    ['rows of sessions', ['-o', 'row', sessions, sshd]],
    ['identifiers', ['-o', 'id', sessions, sshd]],
    ['addresses', ['-o', 'ip', plain, regex]],
    ['lines', ['-o', 'msg', sessions, sshd]],
    ['a group', ['-o', 'user', plain, regex]],
    ['matches as tuples', ['-o', 'matches', plain, regex]],
    ['tags', ['-o', tag, plain, regex]],
    ['a zone', ['--TZ', 'UTC+0130', '-o', 'row', plain, regex]],
    ['bytes that are no text', ['-o', 'row', hostile, 'from <HOST>']],
    ['raw names', ['-r', '-o', 'row', 'x from host.example', 'from <HOST>']],
    ['tuples', ['-o', 'id', 'x 192.0.2.0/24 u', String.raw`(?P<fid>\S+/\d+) (?P<tuple_fid>u)`]],
    ['networks', ['-o', 'row', 'x 192.0.2.0/24 u', '<SUBNET> <F-USER>u</F-USER>']],
    ['an empty expression', ['a', '']],
  ])('%s', (_what, words) => {
    expect(ours(words)).toEqual(theirs(words));
  });
});

describe('f2b regex', () => {
  it('finds the 75 attacks in a log of 13,339 lines with the filter of the article, and lists who and when', () => {
    const lines = Array.from({ length: 13_339 }, (_, index) => {
      const time = new Date(Date.UTC(2011, 10, 9, 0, 0, index)).toISOString().slice(0, 19).replace('T', ' ');
      const attack = index % 177 === 88 && index < 75 * 177;
      const why = attack ? 'No matching peer found' : 'Peer is fine';
      return `[${time}] NOTICE[3445]: chan_sip.c:24331 in handle_request_register: Registration from '<sip:${index}@192.0.2.1>' failed for '198.51.100.7:5061' - ${why}\n`;
    });
    const log = write('asterisk.log', lines.join(''));
    const words = ['-c', article, log, 'filter.d/asterisk.conf'];
    const { status, text } = ours(words);
    expect(status).toBe(0);
    expect(text).toContain('Failregex: 75 total\n');
    expect(text).toContain('Lines: 13339 lines, 0 ignored, 75 matched, 13264 missed\n');
    const listed = ours(['-v', ...words]).text.match(/^\| {6}198\.51\.100\.7 {2}Wed Nov 09 \d\d:\d\d:\d\d 2011$/gm);
    expect(listed).toHaveLength(75);
  });

  it('reads a last line without newline, and numbers lines as the file does', () => {
    const log = write('last.log', '# comment\n\n2024-05-01 10:00:00 from 192.0.2.4');
    const [found, summary] = ours(['-o', 'json', log, 'from <HOST>'])
      .text.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found).toEqual({
      line: 3,
      regex: 1,
      id: '192.0.2.4',
      time: 1714557600,
      nofail: false,
      data: { ip4: '192.0.2.4' },
    });
    expect(summary.summary.matched).toBe(1);
  });

  it('refuses a word that is no filter, and names the one that was meant', () => {
    const asked = spawnSync(process.execPath, [f2b, 'regex', '-c', article, plain, 'asterix'], { encoding: 'utf8' });
    expect(asked.status).toBe(255);
    expect(asked.stderr).toContain("Did you mean 'asterisk'?");
  });

  it('ends with status 1 when nothing matches only if told to be strict', () => {
    expect(ours(['nothing', 'from <HOST>']).status).toBe(0);
    expect(ours(['--strict', 'nothing', 'from <HOST>']).status).toBe(1);
  });

  it('takes --now for the present, when a date leaves out its year', () => {
    const words = ['--now', '2015-06-01T00:00:00Z', '-o', 'row', 'May  1 10:00:00 from 192.0.2.4', 'from <HOST>'];
    expect(ours(words).text).toContain('1430474400.0');
  });
});
