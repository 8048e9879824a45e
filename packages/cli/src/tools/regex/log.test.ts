import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../../bin/f2b.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'f2b-log-'));
afterAll(() => rmSync(directory, { recursive: true }));

const lines = 25_000;
/** U+0A0D and U+0D0A hold the byte of a newline and end no line. */
const text = Array.from({ length: lines }, (_, i) => `knock ${i} \u0a0d\u0d0a from 192.0.2.${i % 250}\n`).join('');
const encoded = { 'utf-16le': Buffer.from(text, 'utf16le'), 'utf-16be': Buffer.from(text, 'utf16le').swap16() };

/** Runs `f2b regex` on a log; what is written into its pipe comes in chunks of so many bytes. */
async function regex(encoding: string, log: string, piped: Buffer, chunkBytes: number): Promise<string> {
  const words = ['regex', '-e', encoding, '--print-no-missed', log, 'knock \\d+ \\S+ from <HOST>'];
  const child = spawn(process.execPath, [program, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (some: string) => {
    out += some;
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  for (let at = 0; at < piped.length; at += chunkBytes) {
    const more = child.stdin.write(piped.subarray(at, at + chunkBytes));
    if (!more) await new Promise<void>((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  await ended;
  return /^Lines: .*$/m.exec(out)?.[0].replace(/ \d+ missed.*/, '') ?? out;
}

describe.each(['utf-16le', 'utf-16be'] as const)('a log in %s', (encoding) => {
  it('gives all its lines through a pipe, whatever pieces it comes in', async () => {
    const bytes = encoded[encoding];
    const file = join(directory, encoding);
    writeFileSync(file, bytes);
    const asFile = await regex(encoding, file, Buffer.alloc(0), 1);
    expect(asFile).toContain(`Lines: ${lines} lines, 0 ignored, ${lines} matched`);
    expect(await regex(encoding, '-', bytes, 32_767)).toBe(asFile);
    expect(await regex(encoding, '-', bytes, 1_048_577)).toBe(asFile);
  }, 60_000);
});

/** The line of counts, and what is said beside the report. */
function reportOf(log: string) {
  const words = ['regex', '--print-no-missed', log, 'knock \\d+ from <HOST>$'];
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  return { counts: /^Lines: .*$/m.exec(stdout)?.[0], stderr };
}

describe('a log', () => {
  it('gives each of its lines once, wherever the blocks that it is read in end', () => {
    const file = join(directory, 'blocks');
    const knocks = Array.from({ length: 60_000 }, (_, i) => `knock ${i} from 192.0.2.${i % 250}`);
    // Longer than a block, and than the longest line that is looked at.
    knocks[30_000] = 'x'.repeat(3_000_000);
    writeFileSync(file, knocks.join('\n'));
    expect(reportOf(file)).toEqual({ counts: 'Lines: 59999 lines, 0 ignored, 59999 matched, 0 missed', stderr: '' });
  });

  it('that is compressed is read as it is, and what unpacks it is said', () => {
    const file = join(directory, 'log.1.gz');
    writeFileSync(file, gzipSync('knock 1 from 192.0.2.1\n'));
    expect(reportOf(file)).toEqual({
      counts: expect.stringContaining(' 0 matched'),
      stderr: `f2b: ${file} is compressed (gzip), and is read as it is: unpack it with zcat ${file} | f2b regex - FILTER\n`,
    });
  });

  it('that is not there, or is a directory, is a line, and that is said', () => {
    const file = join(directory, 'missing');
    expect(reportOf(file)).toEqual({
      counts: 'Lines: 1 lines, 0 ignored, 0 matched, 1 missed',
      stderr: expect.stringContaining(`f2b: there is no file ${file}: it is taken as a log line.`),
    });
    expect(reportOf('auth.log').stderr).toContain('f2b: there is no file auth.log: ');
    mkdirSync(file);
    expect(reportOf(file).stderr).toContain(`f2b: ${file} is a directory: it is taken as a log line.`);
    expect(reportOf('knock 1 from 192.0.2.1')).toEqual({
      counts: 'Lines: 1 lines, 0 ignored, 1 matched, 0 missed',
      stderr: '',
    });
  });
});
