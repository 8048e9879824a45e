import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openExec } from './exec.js';

const exec = openExec();
const shell = (script: string, more: { input?: string; outputLimit?: number } = {}) =>
  exec.run({ argv: ['/bin/sh', '-c', script], timeout: 10_000, outputLimit: 1_000, ...more });

describe('running a program', () => {
  it('tells status, output and signal', async () => {
    expect(await shell('echo out; echo err >&2; exit 3')).toMatchObject({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await shell('kill -TERM $$')).toMatchObject({ exitCode: undefined, signal: 'SIGTERM', timedOut: false });
  });

  it('gives it its input, and survives a program that does not read it', async () => {
    expect(await shell('cat', { input: 'line\n' })).toMatchObject({ exitCode: 0, stdout: 'line\n' });
    expect(await shell('exec <&-; exit 0', { input: 'x'.repeat(1_000_000) })).toMatchObject({ exitCode: 0 });
    expect(await shell('cat')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('keeps no more output than it was told, and lets the program write on', async () => {
    const result = await shell('head -c 3000000 /dev/zero | tr "\\0" x; echo done >&2');
    expect(result).toMatchObject({ exitCode: 0, truncated: true, stderr: 'done\n' });
    expect(result.stdout).toBe('x'.repeat(1_000));
  });

  it('reads all that a program wrote, however busy the event loop is when it ends', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'f2b-exec-'));
    const go = join(directory, 'go');
    const busyFor = (time: number) => {
      const end = performance.now() + time;
      while (performance.now() < end);
    };
    // What is written and ended while something else is being heard is known to have ended before it is known to have written.
    const program = shell(`while [ ! -e ${go} ]; do sleep 0.01; done; head -c 60000 /dev/zero | tr "\\0" x`, {
      outputLimit: 1_000_000,
    });
    const other = spawn('/bin/echo', ['heard'], { stdio: ['ignore', 'pipe', 'ignore'] });
    other.stdout.on('data', () => {
      writeFileSync(go, '');
      busyFor(600);
    });
    const hog = () => {
      busyFor(150);
      busy = setImmediate(hog);
    };
    let busy = setImmediate(hog);
    try {
      expect((await program).stdout).toHaveLength(60_000);
    } finally {
      clearImmediate(busy);
      rmSync(directory, { recursive: true });
    }
  });

  it('a program that is not there, or cannot be given its arguments, is told apart from one that failed', async () => {
    const request = { timeout: 10_000, outputLimit: 1_000 };
    expect(await exec.run({ ...request, argv: ['/no/such/program'] })).toMatchObject({ notStarted: 'ENOENT' });
    expect(await exec.run({ ...request, argv: ['/'] })).toMatchObject({ notStarted: 'EACCES' });
    const long = ['/bin/echo', 'x'.repeat(300_000)];
    expect(await exec.run({ ...request, argv: long })).toMatchObject({ notStarted: 'E2BIG' });
  });

  it('puts its prefix in front and its environment on top', async () => {
    const inside = openExec({ prefix: ['/usr/bin/env', 'MARK=a b'], env: { OTHER: 'c' } });
    const request = { argv: ['/bin/sh', '-c', 'echo "$MARK-$OTHER"'], timeout: 10_000, outputLimit: 1_000 };
    expect(await inside.run(request)).toMatchObject({ stdout: 'a b-c\n' });
  });
});
