import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Block } from '../source.js';
import { realFiles } from './files.js';
import { Held } from './held.js';

let directory: string;
let opened: Held[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-held-'));
  opened = [];
});
afterEach(() => {
  for (const { log } of opened) log.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A file with a text, as the kernel would tell of it if it had been made at that time under that inode number. */
function held(name: string, text: string, identity: string, born: bigint): Held {
  const log = join(directory, name);
  writeFileSync(log, text);
  const fd = realFiles.open(log);
  const limits = { blockBytes: 4096, inlineBytes: 1024, maxLineBytes: 1024 };
  let generation = 0;
  const parts = { log, files: realFiles, limits, tell() {}, nextGeneration: () => generation++ };
  const one = new Held(fd, { ...realFiles.state(fd), identity, born }, parts);
  opened.push(one);
  return one;
}

const blockOf = (one: Held): Block => {
  const block = one.next(false, () => undefined);
  // Before the first bytes one is told that they are, and that others were there.
  if (block === 'fresh') return blockOf(one);
  return block as Block;
};
const identityOf = (one: Held) => blockOf(one).identity;

describe('what the lines of a file are known by', () => {
  it('is another thing in a file that got the inode number of one that is gone, and begins with the same line', () => {
    const first = identityOf(held('a', '# a log\none\n', '1:2', 5n));
    expect(identityOf(held('b', '# a log\ntwo\n', '1:2', 6n))).not.toBe(first);
    expect(identityOf(held('c', '# a log\none\n', '1:2', 5n))).toBe(first);
    expect(identityOf(held('d', '# a log\none\n', '1:3', 5n))).not.toBe(first);
  });

  it('is the same in a copy that is read on from where its original was left', () => {
    const original = held('log', '# a log\none\n', '1:2', 5n);
    const { identity, settled } = blockOf(original);
    settled();
    const copy = held('log.1', '# a log\none\ntwo\n', '1:7', 8n);
    expect(copy.resume(original.marks)).toBe(true);
    const block = copy.next(false, () => undefined) as Block;
    expect([block.identity, block.bytes?.toString()]).toEqual([identity, 'two\n']);
  });

  it('is the same in a copy of a file of which nothing was settled yet', () => {
    const original = held('log', '# a log\none\n', '1:2', 5n);
    const identity = identityOf(original);
    expect(original.mark.offset).toBe(0);
    const copy = held('log.1', '# a log\none\ntwo\n', '1:7', 8n);
    const other = held('log.2', '# a log\nthree\n', '1:8', 9n);
    expect([copy.resume(original.marks), other.resume(original.marks)]).toEqual([true, false]);
    expect([identityOf(copy), identityOf(other)]).toEqual([identity, expect.not.stringContaining(identity)]);
  });
});

describe('a block of a file that was rewritten', () => {
  it('says how far the file had been read, if nothing else tells it from what it was; that of a copy does not', () => {
    const log = held('log', '# a log\none\n', '1:2', 5n);
    expect(blockOf(log).rewritten).toBeUndefined();
    const copy = held('log.1', '# a log\none\ntwo\n', '1:7', 8n);
    copy.resume(log.marks);
    writeFileSync(join(directory, 'log'), '# a log\n');
    expect(blockOf(copy).rewritten).toBeUndefined();
    expect(blockOf(log).rewritten).toBe(12);
  });
});

describe('a block that was to be read later', () => {
  const text = (letter: string) => `${letter.repeat(40)}\n`.repeat(40);

  it('is gone when other content has taken its place meanwhile, and is read from a copy', () => {
    const log = held('log', text('a'), '1:2', 5n);
    const block = blockOf(log);
    expect([block.bytes, block.isThere?.()]).toEqual([undefined, true]);
    const copy = held('log.1', text('a'), '1:7', 8n);
    // It was emptied, and filled beyond the old end.
    writeFileSync(join(directory, 'log'), text('b') + text('b'));
    expect(block.isThere?.()).toBe(false);
    block.settled();
    // Until the change is noticed a later process would have to look for a copy from there on.
    expect(log.mark.offset).toBe(0);
    const next = blockOf(log);
    expect(next.identity).not.toBe(block.identity);
    next.settled();
    expect(log.mark.offset).toBe(next.end);
    expect(copy.resume(log.marks)).toBe(true);
    expect(blockOf(copy)).toMatchObject({ identity: block.identity, start: 0, end: block.end });
  });

  it('stays what it is while the file only grows', () => {
    const log = held('log', text('a'), '1:2', 5n);
    const block = blockOf(log);
    writeFileSync(join(directory, 'log'), text('a') + text('b'));
    expect(block.isThere?.()).toBe(true);
    block.settled();
    expect(log.mark.offset).toBe(block.end);
  });
});
