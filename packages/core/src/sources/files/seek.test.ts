import { describe, expect, it } from 'vitest';
import { seekToTime } from './seek.js';

function logOf(lines: readonly string[]) {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  let bytesRead = 0;
  const read = (into: Uint8Array, position: number) => {
    const got = text.copy(into, 0, position, Math.min(text.length, position + into.length));
    bytesRead += got;
    return got;
  };
  return { text, read, bytesRead: () => bytesRead };
}

const dateOf = (line: Buffer) => {
  const found = /^@(\d+) /.exec(line.toString());
  return found === null ? undefined : Number(found[1]);
};

describe('seeking to a moment in a log', () => {
  it.each(['utf-16le', 'utf-16be'] as const)('finds it in %s, at the beginning of a line', (encoding) => {
    const text = Array.from({ length: 50_000 }, (_, i) => `@${i} \u0a0a a line of some length\n`).join('');
    const bytes = Buffer.from(text, 'utf16le');
    if (encoding === 'utf-16be') bytes.swap16();
    const read = (into: Uint8Array, position: number) =>
      bytes.copy(into, 0, position, Math.min(bytes.length, position + into.length));
    const decoder = new TextDecoder(encoding);
    const numberOf = (line: Uint8Array) => Number(/^@(\d+) /.exec(decoder.decode(line))?.[1]);
    const newline = { unit: 2, newlineAt: encoding === 'utf-16be' ? 1 : 0 } as const;
    const offset = seekToTime(read, bytes.length, 40_000, numberOf, newline);
    const first = numberOf(bytes.subarray(offset, offset + 60));
    expect(first).toBeLessThanOrEqual(40_000);
    expect(first).toBeGreaterThan(38_000);
  });

  it('skips nothing that is dated since, and reads little of what is older', () => {
    const log = logOf(Array.from({ length: 200_000 }, (_, i) => `@${i} a line of some length to fill the log`));
    const offset = seekToTime(log.read, log.text.length, 150_000, dateOf);
    const first = dateOf(log.text.subarray(offset, offset + 100));
    expect(first).toBeLessThanOrEqual(150_000);
    expect(first).toBeGreaterThan(145_000);
    expect(offset === 0 || log.text[offset - 1] === 0x0a).toBe(true);
    expect(log.bytesRead()).toBeLessThan(log.text.length / 4);
  });

  it.each([0, 1, 99_999, 100_000, 1e9])('finds %d in or beyond the log', (since) => {
    const log = logOf(Array.from({ length: 100_000 }, (_, i) => `@${i} text`));
    const offset = seekToTime(log.read, log.text.length, since, dateOf);
    expect(dateOf(log.text.subarray(offset, offset + 50)) ?? 0).toBeLessThanOrEqual(since);
  });

  it('begins at the start where no line has a date', () => {
    const log = logOf(Array.from({ length: 100_000 }, () => 'no date in this line'));
    expect(seekToTime(log.read, log.text.length, 5, dateOf)).toBe(0);
  });

  it('copes with stretches without dates, and with one endless line', () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => (i % 10 === 0 ? `@${i} text` : '  continued'));
    lines.splice(25_000, 0, 'x'.repeat(500_000));
    const log = logOf(lines);
    const offset = seekToTime(log.read, log.text.length, 40_000, dateOf);
    const after = log.text.subarray(offset).toString();
    expect(after).toContain('@40000 text');
  });

  it('a small log is read whole', () => {
    const log = logOf(['@1 a', '@2 b']);
    expect(seekToTime(log.read, log.text.length, 100, dateOf)).toBe(0);
  });
});
