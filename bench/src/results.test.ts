import { describe, expect, it } from 'vitest';
import { chart } from './chart.js';
import { markdownTable } from './markdown-table.js';
import type { Figure, OfflineResult } from './offline.js';
import { optionsText, readSuiteOptions } from './options.js';
import { report } from './report.js';
import { compareTexts } from './rows.js';
import { targetsOf } from './targets.js';

const figure = (contender: string, linesPerSecond: number): Figure => ({
  contender,
  lines: 1000,
  linesPerSecond,
  megabytesPerSecond: linesPerSecond / 1e4,
  spread: [linesPerSecond * 0.9, linesPerSecond * 1.1],
  cpuSeconds: 1,
  peakMemory: 100e6,
});

const result = (hitRate: number, different = 0): OfflineResult => ({
  kind: 'sshd',
  filter: 'sshd',
  hitRate,
  figures: [figure('f2b regex', 9e6), figure('fail2ban-regex', 3e4), figure('ripgrep, literals, counting', 2e7)],
  sameRows: { rows: 10, different, first: different === 0 ? undefined : ['mine', 'theirs'] },
});

describe('rows of two programs', () => {
  it('are the same when every line is, whether or not the last one ends', () => {
    expect(compareTexts('a\nb\n', 'a\nb')).toEqual({ rows: 2, different: 0, first: undefined });
    expect(compareTexts('', '')).toMatchObject({ rows: 0, different: 0 });
  });

  it('differ where a line does, and where only one has it', () => {
    expect(compareTexts('a\nx\nc\n', 'a\nb\n')).toEqual({ rows: 3, different: 2, first: ['x', 'b'] });
  });

  it('may hold the members of a set in any order, but not those of a list', () => {
    expect(compareTexts("{'users': {'a', 'b'}}", "{'users': {'b', 'a'}}").different).toBe(0);
    expect(compareTexts("{'users': {'a', 'c'}}", "{'users': {'b', 'a'}}").different).toBe(1);
    expect(compareTexts("['a', 'b']", "['b', 'a']").different).toBe(1);
  });
});

describe('a Markdown table', () => {
  it('keeps a bar of a cell out of its columns', () => {
    expect(markdownTable(['a', 'b'], [['x|y', 1]])).toEqual(['| a    | b   |', '|------|-----|', '| x\\|y | 1   |']);
  });
});

describe('the chart', () => {
  const longest = (svg: string) =>
    [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width));

  it('has a bar for each contender, longer for the faster, inside the picture', () => {
    const svg = chart([result(0.05)], 'a machine with < 4 cores');
    const [ours, theirs, ripgrep] = longest(svg);
    expect(theirs).toBeLessThan(ours!);
    expect(ours).toBeLessThan(ripgrep!);
    expect(ripgrep).toBeLessThan(600);
    expect(theirs).toBeGreaterThan(0);
    expect(svg).toContain('a machine with &lt; 4 cores');
  });

  it('holds rates of any size', () => {
    const widths = longest(chart([{ ...result(0), figures: [figure('slow', 12), figure('fast', 3e9)] }], ''));
    expect(widths.every((width) => width >= 0 && width < 600)).toBe(true);
  });
});

describe('the report', () => {
  const description = { machine: ['two cores'], options: '--quick' };

  it("says f2b's speed as a multiple of each peer, and the command that repeats it", () => {
    const page = report({ offline: [result(0.005)] }, description);
    expect(page).toMatch(/\| 0\.5 % +\| fail2ban-regex .*\| 300x +\|/);
    expect(page).toContain('npm run bench -- --only sshd --quick');
    expect(page).toContain('all the same');
  });

  it('shows the rows that differ', () => {
    const page = report({ offline: [result(0.005, 3)] }, description);
    expect(page).toContain('**3 differ**');
    expect(page).toContain('mine');
  });

  it('leaves out what was not measured', () => {
    const page = report({ offline: [] }, description);
    expect(page).not.toContain('## sshd');
    expect(page).not.toContain('## Targets');
  });
});

describe('targets', () => {
  it('are met or missed by the figures of the run, and only those it has figures for', () => {
    const targets = targetsOf({ offline: [result(0.005)] }, '');
    expect(targets.map(({ figure: value, met }) => [value, met])).toEqual([
      ['300x', true],
      ['0.45x', true],
    ]);
    const slow = { ...result(0.005), figures: [figure('f2b regex', 1e6), figure('fail2ban-regex', 3e4)] };
    expect(targetsOf({ offline: [slow] }, '')[0]).toMatchObject({ met: false, figure: '33x', target: 'at least 200x' });
  });
});

describe('options of the suite', () => {
  it('write results down only for a whole run, or when asked', () => {
    expect(readSuiteOptions([]).write).toBe(true);
    expect(readSuiteOptions(['--only', 'sshd']).write).toBe(false);
    expect(readSuiteOptions(['--quick']).write).toBe(false);
    expect(readSuiteOptions(['--quick', '--write']).write).toBe(true);
  });

  it('are said again as they were given', () => {
    expect(optionsText(readSuiteOptions([]))).toBe('');
    expect(optionsText(readSuiteOptions(['--quick', '--rounds', '3', '--only', 'live']))).toBe('--quick --rounds 3');
  });

  it.each([[['--only', 'exim']], [['--lines', 'many']], [['--fast']]])('%j are refused', (args) => {
    expect(() => readSuiteOptions(args)).toThrow();
  });
});
