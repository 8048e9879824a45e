import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as cli from '../../packages/cli/src/errors.js';
import * as config from '../../packages/config/src/errors.js';
import * as core from '../../packages/core/src/errors.js';
import * as firewall from '../../packages/firewall/src/errors.js';
import * as matcher from '../../packages/matcher/src/errors.js';
import { chaptersOf } from './chapters.mjs';
import { errorsPage } from './page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const chapters = chaptersOf({ config, core, firewall, cli, matcher });
const codes = chapters.flatMap(({ table }) => Object.keys(table));

/** Names of variables of the environment, which begin as codes do. */
const variables = ['F2B_START_REPORT_FD', 'F2B_SYSTEMD_DEFAULT_FLAGS'];

/** Every code that the packages' sources hold between quotes, as their tables do not, with the files that do. */
function usedCodes(): Map<string, string[]> {
  const used = new Map<string, string[]>();
  for (const file of sources()) {
    for (const [, code = ''] of readFileSync(`${root}/${file}`, 'utf8').matchAll(
      /['"`](F2B_[A-Z0-9_]*[A-Z0-9])['"`]/g,
    )) {
      used.set(code, [...(used.get(code) ?? []), file]);
    }
  }
  return used;
}

function sources(): string[] {
  return readdirSync(`${root}/packages`)
    .flatMap((name) =>
      readdirSync(`${root}/packages/${name}/src`, { encoding: 'utf8', recursive: true }).map(
        (file) => `packages/${name}/src/${file}`,
      ),
    )
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\/fixtures\//.test(file));
}

describe('docs/errors.md', () => {
  it('is what npm run errors writes', () => {
    expect(readFileSync(`${root}/docs/errors.md`, 'utf8')).toBe(errorsPage(chapters));
  });

  it('has every code that the sources raise', () => {
    const unknown = [...usedCodes()].filter(([code]) => !codes.includes(code) && !variables.includes(code));
    expect(unknown).toEqual([]);
  });

  it('has no code twice, and none that nothing raises', () => {
    expect(codes).toEqual([...new Set(codes)]);
    const used = usedCodes();
    expect(codes.filter((code) => !used.has(code))).toEqual([]);
  });

  it('has a whole sentence for what each code means and for what to do', () => {
    const bare = chapters
      .flatMap(({ table }) => Object.values(table))
      .flatMap(({ means, advice }) => [means, advice])
      .filter((text) => !/^([A-Z`]|f2b ).*[.]$/.test(text));
    expect(bare).toEqual([]);
  });
});

describe('errorsPage', () => {
  it('keeps what is code from being taken for markup', () => {
    const table = { F2B_A: { means: 'a <tag> | `<HOST>`', advice: 'none' } };
    expect(errorsPage([{ title: 'T', about: 'A', table }])).toContain('| `F2B_A` | a &lt;tag> \\| `<HOST>` | none |');
  });
});
