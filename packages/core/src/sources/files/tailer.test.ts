import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { append, at, blocks, follow, lines, longLines, open, sees, tailer, troubles } from '../../fixtures/tailer.js';
import type { Block, FilePlace } from '../source.js';
import { type Files, realFiles } from './files.js';
import { chokidarWatch, type Watch } from './watcher.js';

describe('what is appended', () => {
  it('byte by byte comes as whole lines', async () => {
    append('');
    open();
    follow();
    for (const char of 'first\nsecond\r\n') {
      append(char);
      await tailer.settled();
    }
    expect(lines).toEqual(['first', 'second\r']);
  });

  it('across block edges is divided at newlines only, inside no character', async () => {
    const expected = Array.from({ length: 3000 }, (_, i) => `${i} ${'zażółć gęślą jaźń '.repeat(i % 7)}`);
    append(`${expected.join('\n')}\n`);
    open({ limits: { blockBytes: 4096, inlineBytes: 1024, maxLineBytes: 1024 } });
    follow();
    await tailer.settled();
    expect(lines.map((line) => Buffer.from(line, 'latin1').toString())).toEqual(expected);
    expect(blocks.some((block) => block.bytes === undefined)).toBe(true);
    expect(blocks.some((block) => block.bytes !== undefined)).toBe(true);
  });

  it('without a newline waits for it', async () => {
    append('half');
    open();
    follow();
    await tailer.settled();
    expect(lines).toEqual([]);
    append(' and whole\n');
    await sees(['half and whole']);
  });

  it('without a newline at a restart comes exactly once', async () => {
    append('one\nha');
    open();
    follow();
    await tailer.settled();
    const [position] = await tailer.close();
    append('lf\n');
    open();
    follow({ resume: position });
    await sees(['one', 'half']);
  });

  it('while a tail start is inside a line: the whole line comes, nothing before it', async () => {
    append('old\nhalf');
    open();
    follow({ start: ({ size }) => size, inOperation: true });
    await tailer.settled();
    append(' done\n');
    await sees(['half done']);
    expect(blocks[0]?.inOperation).toBe(true);
  });
});

describe('two-byte characters', () => {
  it.each([
    ['little-endian', 0],
    ['big-endian', 1],
  ] as const)('%s: lines end at newline units, not at bytes that look like one', async (_name, newlineAt) => {
    const encode = (text: string) => {
      const bytes = Buffer.from(text, 'utf16le');
      return newlineAt === 1 ? bytes.swap16() : bytes;
    };
    const decode = (bytes: Buffer) => (newlineAt === 1 ? Buffer.from(bytes).swap16() : bytes).toString('utf16le');
    // U+0A0A, U+0A00 and U+000A in every neighbourhood.
    const texts = ['plain', '\u0a0a\u0a00\u0a0a', 'x\u0a00', '', 'end'];
    append('');
    open({ limits: { blockBytes: 64, inlineBytes: 16, maxLineBytes: 48 } });
    const seen: string[] = [];
    follow({ newline: { unit: 2, newlineAt } });
    for (const byte of encode(`${texts.join('\n')}\n`)) {
      append(Buffer.of(byte));
      await tailer.settled();
    }
    for (const { bytes } of blocks) seen.push(decode(bytes!));
    expect(seen.join('')).toBe(`${texts.join('\n')}\n`);
    expect(seen.every((text) => text.endsWith('\n'))).toBe(true);
    append(encode(`${'\u0a00'.repeat(100)}\nafter\n`));
    await tailer.settled();
    expect([decode(blocks.at(-1)!.bytes!), longLines]).toEqual(['after\n', 1]);
  });
});

describe('lines that are too long', () => {
  it('are skipped whole, and their neighbours are not', async () => {
    append(`before\n${'x'.repeat(1_000_000)}`);
    open({ limits: { blockBytes: 65536, inlineBytes: 4096, maxLineBytes: 65536 } });
    follow();
    await tailer.settled();
    expect([lines, longLines]).toEqual([['before'], 1]);
    append(`${'y'.repeat(1_000_000)}\nafter\n`);
    await sees(['before', 'after']);
    expect(longLines).toBe(1);
  });

  it('are skipped whole across a restart', async () => {
    const small = { blockBytes: 65536, inlineBytes: 4096, maxLineBytes: 65536 };
    append(`before\n${'x'.repeat(100_000)}`);
    open({ limits: small });
    follow();
    await tailer.settled();
    const [position] = await tailer.close();
    append(' failure from 192.0.2.1\nafter\n');
    open({ limits: small });
    follow({ resume: position });
    await sees(['before', 'after']);
  });

  it('one after the other, thousands of them, are skipped in a flat loop', async () => {
    const writer = openSync(at(), 'w');
    for (let i = 0; i < 3000; i++) writeSync(writer, `${'x'.repeat(300)}\n`);
    writeSync(writer, 'after\n');
    closeSync(writer);
    open({ limits: { blockBytes: 256, inlineBytes: 64, maxLineBytes: 256 } });
    follow();
    await tailer.settled();
    expect([lines, longLines]).toEqual([['after'], 3000]);
  });

  it('and endless hold up no other log', async () => {
    writeFileSync(at(), '');
    truncateSync(at(), 200_000_000);
    append('\nafter\n');
    append('other\n', 'other');
    open();
    follow();
    follow({}, 'other');
    await vi.waitFor(() => expect(lines).toEqual(['other', 'after']), { timeout: 10_000 });
  });

  it('that end within the same block are left to the scan', async () => {
    append(`${'x'.repeat(70_000)}\nafter\n`);
    open();
    follow();
    await tailer.settled();
    expect(lines.at(-1)).toBe('after');
  });
});

describe('a log that cannot be read', () => {
  it('because its directory is not there yet is read from its first line when it comes', async () => {
    open();
    follow({}, 'later/deep/log');
    await tailer.settled();
    expect(troubles).toEqual(['missing']);
    mkdirSync(at('later/deep'), { recursive: true });
    append('one\n', 'later/deep/log');
    await sees(['one']);
    expect(troubles).toEqual(['missing', 'fine']);
  });

  it('for lack of permission is told once, and read when it is given', async () => {
    append('one\n');
    chmodSync(at(), 0);
    // Root reads everything; what the kernel would answer to somebody else is put in front of it.
    let denied = true;
    const files: Files = {
      ...realFiles,
      open(path) {
        if (denied) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
        return realFiles.open(path);
      },
    };
    open({ files });
    follow();
    for (let i = 0; i < 3; i++) await tailer.settled();
    expect(troubles).toEqual(['denied']);
    denied = false;
    chmodSync(at(), 0o600);
    await sees(['one']);
  });

  it.each([
    ['directory', (path: string) => mkdirSync(path)],
    ['FIFO', (path: string) => execFileSync('mkfifo', [path])],
    ['device', (path: string) => symlinkSync('/dev/zero', path)],
  ])('because it is a %s is told once, and others go on', async (_kind, make) => {
    make(at('odd'));
    append('one\n');
    open();
    follow({}, 'odd');
    follow();
    await sees(['one']);
    for (let i = 0; i < 3; i++) await tailer.settled();
    expect(troubles).toEqual(['unsuitable']);
  });

  it('because it fails in the middle goes on when it no longer does', async () => {
    append('one\n');
    let failing = true;
    const files: Files = {
      ...realFiles,
      read(...args) {
        if (failing) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
        return realFiles.read(...args);
      },
    };
    open({ files });
    follow();
    await vi.waitFor(() => expect(troubles).toContain('failing'));
    failing = false;
    await sees(['one']);
  });
});

describe('waking', () => {
  it('the watcher alone suffices, whatever the polling interval', async () => {
    append('');
    open({ watch: chokidarWatch(() => {}), pollEvery: 3_600_000 });
    follow();
    await tailer.settled();
    const expected: string[] = [];
    for (let i = 0; i < 20; i++) {
      append(`${i}\n`);
      expected.push(String(i));
      if (i % 5 === 4) await sees(expected);
    }
    renameSync(at(), at('log.1'));
    append('new\n');
    await sees([...expected, 'new']);
  });

  it('without any event, polling finds everything', async () => {
    append('one\n');
    open();
    follow();
    await sees(['one']);
    renameSync(at(), at('log.1'));
    append('two\n');
    await sees(['one', 'two']);
  });

  it('a watcher that complains costs nothing but latency', async () => {
    append('one\n');
    const failed = vi.fn();
    const complaining: Watch = () => ({
      add: () => failed(new Error('ENOSPC: no space left for watches')),
      remove() {},
      async close() {},
    });
    open({ watch: complaining });
    follow();
    await sees(['one']);
    append('two\n');
    await sees(['one', 'two']);
    expect(failed).toHaveBeenCalled();
  });
});

describe('the place', () => {
  it('is behind what is settled, not behind what has been read or judged', async () => {
    append('one\n');
    open({ limits: { blockBytes: 4, inlineBytes: 4, maxLineBytes: 4 } });
    const came: Block[] = [];
    tailer.follow(
      at(),
      {
        async portion(block) {
          came.push(block as Block);
        },
        tell() {},
      },
      { start: () => 0 },
    );
    append('two\n');
    append('six\n');
    await tailer.settled();
    const offset = () => tailer.places()[0]?.offset;
    expect([came.length, offset()]).toEqual([3, 0]);
    came[1]!.settled();
    expect(offset()).toBe(0);
    expect(came[0]!.settled()).toMatchObject({ kind: 'file', log: at(), offset: 8 });
    expect(offset()).toBe(8);
    // Questions may be answered after reading has ended.
    expect(await tailer.close()).toMatchObject([{ offset: 8 }]);
    came[2]!.settled();
    expect(offset()).toBe(12);
  });

  it('is kept when a portion is given back unjudged', async () => {
    append('one\n');
    open();
    tailer.follow(at(), { portion: () => Promise.reject(new Error('stopped')), tell() {} }, { start: () => 0 });
    await tailer.settled();
    expect(tailer.places()).toMatchObject([{ offset: 0 }]);
  });

  it('stored at any moment between two blocks loses no line and repeats none', async () => {
    const expected = Array.from({ length: 200 }, (_, i) => `line ${i} ${'x'.repeat(i % 50)}`);
    let stored: FilePlace | undefined;
    append('');
    for (let from = 0; from < expected.length; from += 40) {
      open({ limits: { blockBytes: 256, inlineBytes: 128, maxLineBytes: 128 } });
      follow({ resume: stored });
      append(`${expected.slice(from, from + 40).join('\n')}\n`);
      await tailer.settled();
      stored = tailer.places()[0];
      await tailer.close();
    }
    expect(lines).toEqual(expected);
  });
});

describe('what a line came from', () => {
  it('is the file and its first line, whatever name it has', async () => {
    append('first\n');
    open();
    follow();
    await sees(['first']);
    append('second\n');
    await sees(['first', 'second']);
    renameSync(at(), at('log.1'));
    append('new\n');
    await sees(['first', 'second', 'new']);
    follow({}, 'log.1');
    await sees(['first', 'second', 'new', 'first', 'second']);
    const [one, two, three, again] = blocks.map(({ identity }) => identity);
    expect([two, again]).toEqual([one, one]);
    expect(three).not.toBe(one);
  });

  it('is another file after it was rewritten in place', async () => {
    append('first\n');
    open();
    follow();
    await sees(['first']);
    writeFileSync(at(), 'other\n');
    await sees(['first', 'other']);
    expect(blocks[1]!.identity).not.toBe(blocks[0]!.identity);
  });
});

describe('unfollowing', () => {
  it('gives the place, and leaves what came since unread', async () => {
    append('one\n');
    open({ watch: chokidarWatch(() => {}), pollEvery: 3_600_000 });
    follow();
    follow({}, 'other');
    await sees(['one']);
    await tailer.settled();
    const place = await tailer.unfollow(at(), 'drop');
    append('two\n');
    append('still followed\n', 'other');
    await sees(['one', 'still followed']);
    follow({ resume: place });
    await sees(['one', 'still followed', 'two']);
    append('three\n');
    await sees(['one', 'still followed', 'two', 'three']);
  });

  it('drains what is there if that is wanted', async () => {
    append('');
    open({ pollEvery: 3_600_000 });
    follow();
    await tailer.settled();
    append('one\n');
    expect(await tailer.unfollow(at(), 'drain')).toMatchObject({ offset: 4 });
    expect(lines).toEqual(['one']);
    expect(await tailer.unfollow(at(), 'drain')).toBeUndefined();
  });
});
