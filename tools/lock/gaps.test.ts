import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gapsOf } from './gaps.mjs';

const integrity = 'sha512-AA==';

describe('the lock file', () => {
  const ours = () => JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));

  it('has everything that npm ci installs, on every platform', () => {
    expect(gapsOf(ours())).toEqual([]);
  });

  it('is incomplete without the binary of a platform that nobody here has', () => {
    const lock = ours();
    delete lock.packages['node_modules/@biomejs/cli-darwin-arm64'];
    expect(gapsOf(lock)).toEqual([
      'node_modules/@biomejs/biome wants @biomejs/cli-darwin-arm64, which the lock file does not have',
    ]);
  });
});

describe('gapsOf', () => {
  it('finds a dependency beside the package and in any folder above it', () => {
    const packages = {
      'packages/a': { dependencies: { b: '1' } },
      'node_modules/a': { link: true },
      'packages/a/node_modules/b': { integrity, dependencies: { '@c/d': '1', e: '1' } },
      'node_modules/@c/d': { integrity },
      'packages/a/node_modules/b/node_modules/e': { integrity },
    };
    expect(gapsOf({ packages })).toEqual([]);
    const { 'node_modules/@c/d': _, ...rest } = packages;
    expect(gapsOf({ packages: rest })).toHaveLength(1);
  });

  it('asks for peers, unless they are optional', () => {
    const peers = { integrity, peerDependencies: { b: '1', c: '1' }, peerDependenciesMeta: { b: { optional: true } } };
    expect(gapsOf({ packages: { 'node_modules/a': peers } })).toEqual([
      'node_modules/a wants c, which the lock file does not have',
    ]);
  });

  it('doubts a package without a sum, or from a registry of somebody’s own', () => {
    const packages = {
      'node_modules/a': { resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz', integrity },
      'node_modules/b': { resolved: 'http://localhost:4873/b/-/b-1.0.0.tgz', integrity },
      'node_modules/c': {},
    };
    expect(gapsOf({ packages })).toEqual([
      'node_modules/b comes from http://localhost:4873/b/-/b-1.0.0.tgz, which others may not reach',
      'node_modules/c has no sha512 sum',
    ]);
  });
});
