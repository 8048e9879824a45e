import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
