import { describe, expect, it } from 'vitest';
import { checkTree } from '../check/tree.js';
import { memoryEdge } from '../syntax/memory-edge.js';

/** Codes of the errors of a tree with these files. Whatever it holds, checking has to come to an end with plain findings. */
function codes(files: Record<string, string>): string[] {
  const tree = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/f/${name}`, text]));
  const { findings } = checkTree({ directory: '/f', fs: memoryEdge(tree) });
  return findings.filter((finding) => finding.severity === 'error').map((finding) => finding.code);
}

const jail = '[j]\nenabled = 1\nfilter = f\naction = a\n';
const plain = {
  'jail.conf': jail,
  'filter.d/f.conf': '[Definition]\nfailregex = x\n',
  'action.d/a.conf': '[Definition]\nactionban = x\n',
};
const large = 300_000;

describe('hostile and broken trees end in findings', () => {
  it('where tags multiply', () => {
    const bomb = Array.from({ length: 9 }, (_, at) => `v${at} = ${`<v${at + 1}>`.repeat(20)}\n`).join('');
    expect(
      codes({ ...plain, 'filter.d/f.conf': `[Definition]\nfailregex = <v0>\n${bomb}v9 = xxxxxxxxxx\n` }),
    ).toContain('F2B_CONFIG_TOO_LARGE');
    expect(
      codes({ ...plain, 'action.d/a.conf': `[Definition]\nactionban = <v0>\n[Init]\n${bomb}v9 = xxxxxxxxxx\n` }),
    ).toContain('F2B_CONFIG_TOO_LARGE');
  });

  it('where a file is no configuration', () => {
    expect(codes({ ...plain, 'jail.local': 'x'.repeat(5 * 1024 * 1024) })).toContain('F2B_CONFIG_TOO_LARGE');
    expect(codes({ ...plain, 'filter.d/f.conf': '\u0000\u0001\ufffd'.repeat(1000) })).toContain(
      'F2B_CONFIG_NOT_AN_OPTION',
    );
  });

  it.each([
    ['brackets', `[j]\naction = ${'['.repeat(large)}\n`],
    ['arguments without end', `[j]\naction = a[${'x="'.repeat(large / 3)}\n`],
    ['angle brackets', `[j]\nfailregex = ${'<'.repeat(large)}${'>'.repeat(large)}\n`],
    ['slashes', `[j]\nfailregex = >${'/'.repeat(large)}\n`],
    ['percent signs', `[j]\nfailregex = ${'%%'.repeat(large)}\n`],
    ['open references', `[j]\nfailregex = ${'%('.repeat(large)}\n`],
    ['blanks', `[j]\nlogpath = /x${' '.repeat(large)}y\n`],
    ['a long name', `[j]\n${'n'.repeat(large)} = 1\n`],
    ['a long section', `[${'s'.repeat(large)}]\nenabled = 1\n`],
    ['a long time', `[j]\nbantime = ${'1'.repeat(large)}\n`],
    ['a long glob', `[j]\nlogpath = /${'*'.repeat(large)}x\n`],
    ['stars in a glob', `[j]\nlogpath = /f/${'*j'.repeat(2000)}\n`],
    ['parentheses in a time', `[j]\nbantime = ${'('.repeat(200)}1\n`],
    [
      'names of objects',
      '[__proto__]\nenabled = 1\nconstructor = %(toString)s\n[j]\n__proto__ = 1\nfilter = f[__proto__=1, constructor=2]\n',
    ],
  ])('with many %s', (_, local) => {
    expect(Array.isArray(codes({ ...plain, 'jail.local': local }))).toBe(true);
  });
});
