import { execFileSync } from 'node:child_process';
import {
  closeSync,
  linkSync,
  openSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { append, at, follow, lines, open, rotations, sees, tailer } from '../../fixtures/tailer.js';
import type { FilePlace } from '../source.js';
import { chokidarWatch } from './watcher.js';

describe('rotation', () => {
  it('by rename: the old file is read to its end first, and late writes to it still come', async () => {
    append('1\n');
    open();
    follow();
    await sees(['1']);
    append('2\n');
    renameSync(at(), at('log.1'));
    append('4\n');
    append('3\n', 'log.1');
    await sees(['1', '2', '3', '4']);
    append('late\n', 'log.1');
    await sees(['1', '2', '3', '4', 'late']);
    expect(rotations).toEqual(['replaced']);
  });

  it('by rename with a new file only later loses nothing', async () => {
    append('1\n');
    open();
    follow();
    await sees(['1']);
    renameSync(at(), at('log.1'));
    append('2\n', 'log.1');
    await sees(['1', '2']);
    append('3\n', 'log.1');
    await sees(['1', '2', '3']);
    append('4\n');
    await sees(['1', '2', '3', '4']);
  });

  it('by copytruncate to less than was read', async () => {
    append('one\ntwo\nthree\n');
    open();
    follow();
    await sees(['one', 'two', 'three']);
    truncateSync(at());
    append('new\n');
    await sees(['one', 'two', 'three', 'new']);
  });

  it('by copytruncate and growth past the old end before anybody looks', async () => {
    append('one\n');
    open({ pollEvery: 3_600_000 });
    follow();
    await tailer.settled();
    truncateSync(at());
    append('2nd\nand more\nthan before\n');
    await tailer.settled();
    expect(lines).toEqual(['one', '2nd', 'and more', 'than before']);
    expect(rotations).toEqual(['rewritten']);
  });

  it('by copytruncate under a writer that keeps its offset: the hole it leaves is no line', async () => {
    const writer = openSync(at(), 'w');
    writeSync(writer, 'one\ntwo\n');
    open();
    follow();
    await sees(['one', 'two']);
    truncateSync(at());
    await tailer.settled();
    writeSync(writer, 'three\n');
    closeSync(writer);
    await sees(['one', 'two', 'three']);
  });

  it('by rewriting to the same length', async () => {
    append('one\ntwo\n');
    open();
    follow();
    await sees(['one', 'two']);
    writeFileSync(at(), 'six\nten\n');
    await sees(['one', 'two', 'six', 'ten']);
  });

  it('by atomic replacement', async () => {
    append('one\n');
    open();
    follow();
    await sees(['one']);
    append('two\nthree\n', 'new');
    renameSync(at('new'), at());
    await sees(['one', 'two', 'three']);
  });

  it('by deletion and creation, under the same inode number or another', async () => {
    open();
    const expected: string[] = [];
    append('0\n');
    follow();
    for (let round = 1; round <= 5; round++) {
      expected.push(String(round - 1));
      await sees(expected);
      unlinkSync(at());
      append(`${round}\n`);
    }
    await sees([...expected, '5']);
  });

  it('that gives a stored position an inode number of another file does not resume there', async () => {
    append('one\ntwo\n');
    open();
    follow();
    await sees(['one', 'two']);
    const [position] = await tailer.close();
    writeFileSync(at(), 'six\nten\nnew\n');
    const { dev, ino } = statSync(at(), { bigint: true });
    open();
    lines.length = 0;
    follow({ resume: { ...(position as FilePlace), identity: `${dev}:${ino}` } });
    await sees(['six', 'ten', 'new']);
  });

  it('while no process is there: the rest of the old file first, then the new one', async () => {
    append('one\n');
    open();
    follow();
    await sees(['one']);
    const [position] = await tailer.close();
    append('two\n');
    renameSync(at(), at('log.1'));
    append('three\n');
    open();
    follow({ resume: position });
    await sees(['one', 'two', 'three']);
  });

  it('by copytruncate while no process is there: the rest is read from the copy', async () => {
    append('one\n');
    open();
    follow();
    await sees(['one']);
    const [position] = await tailer.close();
    append('two\n');
    execFileSync('cp', [at(), at('log.1')]);
    truncateSync(at());
    append('three\n');
    writeFileSync(at('log.2.gz'), 'one\nnot a text\n');
    open();
    follow({ resume: position });
    await sees(['one', 'two', 'three']);
  });

  it('of a symbolic link or hard link to another target', async () => {
    append('one\n', 'a');
    append('two\n', 'b');
    symlinkSync(at('a'), at());
    open();
    follow();
    await sees(['one']);
    unlinkSync(at());
    symlinkSync(at('b'), at());
    await sees(['one', 'two']);
    unlinkSync(at());
    append('three\n', 'c');
    linkSync(at('c'), at());
    await sees(['one', 'two', 'three']);
  });

  it('ten times a second under load: every line once and in order', async () => {
    append('');
    open({ watch: chokidarWatch(() => {}), pollEvery: 10 });
    follow();
    await tailer.settled();
    let written = 0;
    for (let generation = 0; generation < 15; generation++) {
      for (let burst = 0; burst < 20; burst++) {
        append(`${Array.from({ length: 50 }, () => written++).join('\n')}\n`);
      }
      renameSync(at(), at(`log.${generation}`));
      append('');
      await tailer.settled();
    }
    await vi.waitFor(() => expect(lines).toHaveLength(written), { timeout: 10_000 });
    expect(lines).toEqual(Array.from({ length: written }, (_, i) => String(i)));
  });
});
