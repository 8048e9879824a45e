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

const blockOf = (one: Held) => {
  // Before the first bytes one is told that they are.
  expect(one.next(false, () => undefined)).toBe('fresh');
  return one.next(false, () => undefined) as Block;
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
    const identity = identityOf(original);
    const copy = held('log.1', '# a log\none\ntwo\n', '1:7', 8n);
    expect(copy.resume(original.marks)).toBe(true);
    const block = copy.next(false, () => undefined) as Block;
    expect([block.identity, block.bytes?.toString()]).toEqual([identity, 'two\n']);
  });
});
