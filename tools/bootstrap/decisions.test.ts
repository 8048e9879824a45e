import { describe, expect, it } from 'vitest';
import {
  buildReason,
  compilerAdvice,
  exitCodeOf,
  installEnvironment,
  installProgress,
  installReason,
  jobCommand,
  nodeProblem,
} from './decisions.mjs';

describe('nodeProblem', () => {
  it.each(['20.19.0', '20.20.1', '22.0.0', '100.1.2'])('accepts Node %s', (version) => {
    expect(nodeProblem(version)).toBeUndefined();
  });

  it.each(['20.18.9', '18.20.4', '8.0.0'])('refuses Node %s and says what to do', (version) => {
    expect(nodeProblem(version)).toMatch(/needs Node 20\.19\.0 or newer.*Install/);
  });
});

describe('installReason', () => {
  const installed = {
    nodeModules: true,
    lockHash: 'a',
    abi: '115',
    marker: { lockHash: 'a', abi: '115' },
    installedByHand: false,
  };

  it('installs nothing where all is as it was left', () => {
    expect(installReason(installed)).toBeUndefined();
  });

  it('installs in a fresh clone, after a change of the lock file, and after a change of Node', () => {
    expect(installReason({ ...installed, nodeModules: false, marker: undefined })).toMatch(/nothing is installed/);
    expect(installReason({ ...installed, nodeModules: false })).toMatch(/nothing is installed/);
    expect(installReason({ ...installed, lockHash: 'b' })).toMatch(/package-lock\.json has changed/);
    expect(installReason({ ...installed, abi: '127' })).toMatch(/Node has changed/);
  });

  it('accepts what somebody installed with npm, unless the lock file is newer', () => {
    expect(installReason({ ...installed, marker: undefined, installedByHand: true })).toBeUndefined();
    expect(installReason({ ...installed, marker: {}, installedByHand: true })).toBeUndefined();
    expect(installReason({ ...installed, marker: undefined })).toMatch(/newer/);
  });
});

describe('buildReason', () => {
  const built = { newestSource: { file: 'packages/core/src/a.ts', mtimeMs: 1000 }, builtAtMs: 2000, missing: [] };

  it('builds nothing when no source is newer than the last build', () => {
    expect(buildReason(built)).toBeUndefined();
  });

  it('builds when a source is newer, when a package has no dist, when nothing is known', () => {
    expect(buildReason({ ...built, builtAtMs: 500 })).toMatch(/packages\/core\/src\/a\.ts is newer/);
    expect(buildReason({ ...built, missing: ['cli'] })).toMatch(/not built yet: cli/);
    expect(buildReason({ ...built, builtAtMs: undefined })).toBeDefined();
  });
});

describe('compilerAdvice', () => {
  it('is silent when a compile could work', () => {
    expect(compilerAdvice({ compiler: true, make: true, python: true })).toBeUndefined();
  });

  it('names what is missing and how to get it', () => {
    const advice = compilerAdvice({ compiler: false, make: true, python: false });
    expect(advice).toMatch(/needs a C\+\+ compiler, python3: apt-get install/);
    expect(advice).not.toMatch(/, make,/);
  });
});

describe('installEnvironment', () => {
  it('points node-gyp to the headers beside Node, unless somebody chose otherwise', () => {
    expect(installEnvironment({}, '/usr').npm_config_nodedir).toBe('/usr');
    expect(installEnvironment({ npm_config_nodedir: '/opt/n' }, '/usr').npm_config_nodedir).toBe('/opt/n');
    expect(installEnvironment({ NPM_CONFIG_NODEDIR: '/opt/n' }, '/usr')).not.toHaveProperty('npm_config_nodedir');
    expect(installEnvironment({}, undefined)).not.toHaveProperty('npm_config_nodedir');
  });
});

describe('jobCommand', () => {
  it('passes on what stood after --', () => {
    expect(jobCommand('start', ['--enforce'])).toEqual(['packages/cli/bin/f2b.js', '--trial', '--enforce', 'start']);
    expect(jobCommand('test', ['-t', 'name with blanks'])?.slice(-3)).toEqual(['run', '-t', 'name with blanks']);
    expect(jobCommand('nonsense', [])).toBeUndefined();
  });
});

describe('installProgress', () => {
  it('says that a compile takes its time', () => {
    expect(installProgress({ seconds: 70, compiling: true })).toMatch(/compiling re2.*a minute or two.* 70 s$/);
    expect(installProgress({ seconds: 3, compiling: false })).toBe('installing packages ... 3 s');
  });
});

describe('exitCodeOf', () => {
  it('keeps the job’s exit code, and is the shell’s for a signal', () => {
    expect(exitCodeOf(3, undefined)).toBe(3);
    expect(exitCodeOf(0, undefined)).toBe(0);
    expect(exitCodeOf(null, 15)).toBe(143);
    expect(exitCodeOf(null, undefined)).toBe(1);
  });
});
