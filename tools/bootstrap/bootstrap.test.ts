import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A repository as small as bootstrap can work on: one package without dependencies, whose "build" copies a file. */
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'f2b-bootstrap-'));
  cpSync(fileURLToPath(new URL('..', import.meta.url)), join(root, 'tools'), { recursive: true });
  const cli = join(root, 'packages', 'cli');
  mkdirSync(join(cli, 'bin'), { recursive: true });
  mkdirSync(join(cli, 'src'));
  const json = (file: string, value: unknown) => writeFileSync(join(root, file), JSON.stringify(value));
  json('package.json', {
    name: 'tiny',
    private: true,
    workspaces: ['packages/*'],
    scripts: { build: 'node build.mjs' },
  });
  json('packages/cli/package.json', { name: 'f2b', version: '0.0.0' });
  json('packages/cli/tsconfig.json', {});
  json('tsconfig.base.json', {});
  json('package-lock.json', {
    name: 'tiny',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'tiny', workspaces: ['packages/*'] },
      'node_modules/f2b': { resolved: 'packages/cli', link: true },
      'packages/cli': { name: 'f2b', version: '0.0.0' },
    },
  });
  writeFileSync(join(cli, 'src', 'index.ts'), 'export {};\n');
  writeFileSync(
    join(root, 'build.mjs'),
    `import { cpSync, existsSync } from 'node:fs';
     if (existsSync('broken')) { console.error('this build is broken'); process.exit(3); }
     cpSync('packages/cli/src/index.ts', 'packages/cli/dist/index.js');`,
  );
  writeFileSync(
    join(cli, 'bin', 'f2b.js'),
    `if (process.argv.includes('--wait')) {
       process.on('SIGTERM', () => process.exit(9));
       setInterval(() => {}, 1000);
     } else process.exitCode = 7;
     console.log('job ' + JSON.stringify(process.argv.slice(2)));`,
  );
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function bootstrap(args: readonly string[], onStdout?: (text: string, stop: () => void) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'tools', 'bootstrap.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // As inside of another npm run, this test's own included: it must not be mistaken for ours.
      env: { ...process.env, npm_config_local_prefix: '/nonexistent/elsewhere' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      onStdout?.(stdout, () => child.kill('SIGTERM'));
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('bootstrap', () => {
  it('installs, builds and runs the job in a fresh clone, passing on arguments and the exit code', async () => {
    const { code, stdout, stderr } = await bootstrap(['start', '--enforce', 'with blanks']);
    expect(stderr).toMatch(/Installing packages: nothing is installed yet\.\n/);
    expect(stderr).toMatch(/Installed in \d+\.\d s\.\n/);
    expect(stderr).toMatch(/Building: not built yet: cli\.\n/);
    expect(stderr).toMatch(/Set-up: install \d+\.\d s, build \d+\.\d s\.\n/);
    expect(stdout).toBe('job ["--trial","--enforce","with blanks","start"]\n');
    expect(code).toBe(7);
    expect(existsSync(join(root, 'packages/cli/dist/index.js'))).toBe(true);
  });

  it('does nothing that is done already', async () => {
    expect(await bootstrap(['start'])).toEqual({ code: 7, stdout: 'job ["--trial","start"]\n', stderr: '' });
  });

  it('builds again when a source is newer, and says which', async () => {
    const soon = new Date(Date.now() + 5000);
    utimesSync(join(root, 'packages/cli/src/index.ts'), soon, soon);
    const { stderr } = await bootstrap(['start']);
    expect(stderr).toContain('Building: packages/cli/src/index.ts is newer.');
    expect(stderr).not.toContain('Installing');
  });

  it('shows what a failed build said, keeps its exit code, and runs nothing', async () => {
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(root, 'packages/cli/src/index.ts'), later, later);
    writeFileSync(join(root, 'broken'), '');
    const { code, stdout, stderr } = await bootstrap(['start']);
    rmSync(join(root, 'broken'));
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(root, 'packages/cli/src/index.ts'), past, past);
    expect(code).not.toBe(0);
    expect(stderr).toContain('this build is broken');
    expect(stderr).toContain('The build failed');
    expect(stdout).toBe('');
  });

  it('passes a termination on to the job, and ends with the job’s exit code', async () => {
    const { code } = await bootstrap(['start', '--wait'], (text, stop) => {
      if (text.includes('job')) stop();
    });
    expect(code).toBe(9);
  });

  it('refuses a job that does not exist', async () => {
    const { code, stderr } = await bootstrap(['stroll']);
    expect(code).toBe(1);
    expect(stderr).toContain("'stroll' is no job");
  });
});
