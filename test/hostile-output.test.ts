import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from './f2b-process.js';
import { reasonToSkip } from './requirements.js';

/** What steers a terminal, begins a line of its own, or shows another text than is there. */
const corpus = [
  '\x1b[2J\x1b]0;owned\x07',
  '\x9b31m',
  '\x7f\x08\x0c',
  'a\rb',
  '\u2028\u2029',
  '\u202e\u202d\u2066\u2069',
  '\u200e\u200f\u061c\ufeff',
].join('|');

/** Anything of it in an output, line ends and tabs aside. */
const hidden = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\u061c\ufeff]/;

let directory: string;
let tree: string;
let log: string;
let socket: string;
let daemon: Server;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-hostile-'));
  tree = join(directory, 'conf');
  log = join(directory, 'x.log');
  socket = join(directory, 's');
  mkdirSync(join(tree, 'filter.d'), { recursive: true });
  const line = `2026-01-02 03:04:05 user ${corpus.replaceAll('\r', '')} from 192.0.2.1\n2026-01-02 03:04:05 ${corpus} nothing\n`;
  writeFileSync(log, line);
  writeFileSync(
    join(tree, 'jail.conf'),
    `[x]\nenabled = true\nfilter = x\nlogpath = ${log}\nbantime = ${corpus.replace(/[\r\u2028\u2029]/g, '')}\n`,
  );
  writeFileSync(join(tree, 'filter.d', 'x.conf'), '[Definition]\nfailregex = user <F-USER>.*?</F-USER> from <HOST>$\n');
  // Whoever sits on the socket: a daemon whose words are all hostile.
  daemon = createServer((connection) => {
    connection.on('error', () => {});
    connection.on('data', (data) => {
      for (const request of data.toString().trimEnd().split('\n')) {
        const refused = request.includes('nope');
        const value = request.includes('status')
          ? [
              ['Filter', [['File list', [corpus]]]],
              [corpus, 1],
            ]
          : corpus;
        connection.write(
          `${JSON.stringify(refused ? { ok: false, code: 'F2B_X', message: corpus } : { ok: true, value })}\n`,
        );
      }
    });
  });
  await new Promise<void>((resolve) => daemon.listen(socket, resolve));
});
afterAll(() => {
  daemon.close();
  rmSync(directory, { recursive: true, force: true });
});

function run(command: string, args: readonly string[]): Promise<{ output: string; code: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (data) => {
        output += data;
      });
    }
    child.on('close', (code) => resolve({ output, code }));
  });
}

const f2b = (...args: string[]) => run(process.execPath, [program, ...args]);

describe('hostile text', () => {
  it.each([
    ['ping'],
    ['version'],
    ['flushlogs'],
    ['status'],
    ['status', 'x'],
    ['status', 'nope'],
    ['status', corpus.replaceAll('\0', '')],
  ])('of the daemon does not reach the output of f2b %s', async (...words) => {
    const { output } = await f2b('-s', socket, ...words);
    expect(output).not.toBe('');
    expect(output).not.toMatch(hidden);
  });

  it.each([
    ['a command', () => [corpus]],
    ['an option', () => [`--${corpus}`]],
    ['a directory', () => ['-c', corpus, 'status']],
    ['an operand of start', () => ['start', corpus]],
    ['an option of regex', () => ['regex', `--${corpus}`]],
    ['a jail', () => ['config', '-c', tree, 'show', corpus]],
    ['a time', () => ['--str2sec', corpus]],
    ['a bench option', () => ['bench', `--${corpus}`]],
  ])('in the command line, as %s, does not reach the output', async (_, words) => {
    const { output } = await f2b(...words());
    expect(output).not.toMatch(hidden);
  });

  it.each([
    ['config check', () => ['config', '-c', tree, 'check']],
    ['config check --json', () => ['config', '-c', tree, 'check', '--json']],
    ['config show', () => ['config', '-c', tree, 'show', 'x']],
    ['config show --json', () => ['config', '-c', tree, 'show', 'x', '--json']],
    ['-t', () => ['-c', tree, '-t']],
    ['-d', () => ['-c', tree, '-d']],
    ['--dp', () => ['-c', tree, '--dp']],
  ])('of the configuration does not reach the output of f2b %s', async (_, words) => {
    const { output } = await f2b(...words());
    expect(output).not.toBe('');
    expect(output).not.toMatch(hidden);
  });

  it.each([
    ['text', []],
    ['JSON', ['--json']],
  ])('of a line does not reach the output of f2b explain as %s', async (_, options) => {
    const line = readFileSync(log, 'utf8').split('\n')[0]!;
    const { output } = await f2b('explain', '-c', tree, ...options, 'x', line);
    expect(output).toContain('192.0.2.1');
    expect(output).not.toMatch(hidden);
  });

  it('of a log is spelled out in the JSON of f2b regex, and reads back as it was', async () => {
    const { output } = await f2b('regex', '-c', tree, '-o', 'json', log, 'x');
    expect(output).not.toMatch(hidden);
    expect(JSON.parse(output.split('\n')[0]!).data.user).toContain('\u202e');
  });

  const skip = reasonToSkip('script');
  it.skipIf(skip !== undefined)('of a log does not reach a terminal, and goes into a pipe as it is', async () => {
    const forms = [
      [],
      ['--print-all-matched', '--print-all-missed', '-vv'],
      ['-o', 'msg'],
      ['-o', '<F-USER>'],
      ['-o', 'user'],
      ['-o', 'row'],
      ['-i'],
    ];
    for (const form of forms) {
      const words = ['regex', '-c', tree, '--usedns', 'no', ...form, log, 'x'];
      const quoted = [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
      const { output } = await run('script', ['-qec', quoted, '/dev/null']);
      // The terminal's own line ends, and the progress bar's erasing.
      expect(output.replaceAll('\r\n', '\n').replaceAll(/\r[^\n]*?\x1b\[K/g, ''), form.join(' ')).not.toMatch(hidden);
    }
    const piped = spawnSync(process.execPath, [program, 'regex', '-c', tree, '-o', 'msg', log, 'x'], {
      encoding: 'utf8',
    });
    expect(piped.stdout).toContain('\x1b[2J');
  });
});
