import { describe, expect, it } from 'vitest';
import { gatewayLog } from './logs/gateway.js';
import { measuredLogs } from './logs/kinds.js';
import type { Figure, OfflineResult } from './offline.js';
import { optionsText, readSuiteOptions } from './options.js';
import type { Output } from './outputs.js';
import { chart } from './page/chart.js';
import { markdownTable } from './page/markdown-table.js';
import { sizesSection } from './page/other-sections.js';
import { report } from './page/report.js';
import { compareOutputs, compareTexts } from './same-output.js';
import type { SizeFigure } from './sizes.js';
import { targetsOf } from './targets.js';

const figure = (program: string, linesPerSecond: number, output?: Output): Figure => ({
  program,
  output,
  lines: 1000,
  linesPerSecond,
  megabytesPerSecond: linesPerSecond / 1e4,
  spread: [linesPerSecond * 0.9, linesPerSecond * 1.1],
  cpuSeconds: 1,
  peakMemory: 100e6,
});

const result = (hitRate: number, different = 0): OfflineResult => ({
  kind: 'sshd',
  hitRate,
  figures: [
    figure('f2b regex', 6e6, 'report'),
    figure('f2b regex', 9e6, 'row'),
    figure('fail2ban-regex', 4e4, 'report'),
    figure('fail2ban-regex', 3e4, 'row'),
    figure('ripgrep, literals, counting', 2e7),
    figure('Node, reading only', 3e7),
  ],
  same: [{ output: 'row', rows: 10, different, first: different === 0 ? undefined : ['mine', 'theirs'] }],
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

  it('are the same reports when they count the same lines, whatever else stands in them', () => {
    const page = (matched: number) =>
      `Results\nLines: 9 lines, 0 ignored, ${matched} matched, 1 missed\n[processed in 1 sec]`;
    expect(compareOutputs('report', `mine\n${page(8)}`, page(8))).toMatchObject({ output: 'report', different: 0 });
    expect(compareOutputs('report', page(8), page(7)).different).toBe(1);
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
    const [ourReport, ourRows, theirReport, theirRows, ripgrep, ...more] = longest(svg);
    expect(theirRows).toBeLessThan(theirReport!);
    expect(theirReport).toBeLessThan(ourReport!);
    expect(ourReport).toBeLessThan(ourRows!);
    expect(ourRows).toBeLessThan(ripgrep!);
    expect(more).toEqual([]);
    expect(ripgrep).toBeLessThan(600);
    expect(theirRows).toBeGreaterThan(0);
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
    expect(page).toMatch(/\| 0\.5 % +\| fail2ban-regex, no -o: the report .*\| 150x +\|/);
    expect(page).toMatch(/\| 0\.5 % +\| fail2ban-regex, -o row .*\| 300x +\|/);
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

const size: SizeFigure = {
  kind: 'sshd',
  lines: 10_000,
  output: 'report',
  cold: false,
  f2b: 0.1,
  fail2ban: 0.5,
  fail2banLines: 10_000,
};

describe('logs of any length', () => {
  it('say where fail2ban-regex was given fewer lines', () => {
    const all = sizesSection([size]).join('\n');
    expect(all).toContain('| 0.500 s ');
    expect(all).not.toContain('*');
    const part = sizesSection([size, { ...size, lines: 1_000_000, fail2ban: 50 }]).join('\n');
    expect(part).toContain('| 50.000 s * ');
    expect(part).toContain('At its rate on the longest log that it was given.');
  });
});

describe('what bounds a program in Node', () => {
  it('is said in the rate of the one that looks for literals alone', () => {
    const page = report({ offline: [result(0.005)] }, { machine: [], options: '' });
    expect(page).toContain(
      'on the sshd log at 0.5 % hits a program in Node on one thread that only reads the file: 1.50x.',
    );
    expect(report({ offline: [] }, { machine: [], options: '' })).not.toContain('a program in Node');
  });
});

describe('targets', () => {
  it('are met or missed by the figures of the run, and only those it has figures for', () => {
    const targets = targetsOf({ offline: [result(0.005)] }, '');
    expect(targets.map(({ figure: value, met }) => [value, met])).toEqual([
      ['150x', false],
      ['1.50x', false],
      ['0.45x', true],
      ['100 MB', true],
    ]);
    const fast = { ...result(0.005), figures: [figure('f2b regex', 9e6, 'row'), figure('fail2ban-regex', 3e4, 'row')] };
    expect(targetsOf({ offline: [fast] }, '')[0]).toMatchObject({ met: true, figure: '300x', target: 'at least 200x' });
  });

  it('on short logs are those of a report from the page cache', () => {
    const others = [
      { ...size, cold: true, f2b: 9 },
      { ...size, output: 'row', f2b: 9 } as const,
      { ...size, kind: 'gateway', f2b: 9 } as const,
    ];
    expect(targetsOf({ offline: [], sizes: [...others, size] }, '')).toMatchObject([{ figure: '5.00x', met: true }]);
  });
});

describe('the log by another hand', () => {
  const text = (lines: number, hitRate: number) =>
    [...gatewayLog({ lines, hitRate, seed: 7, until: 1_700_000_000_000 })].join('');

  it('is the same for the same seed, with as many lines as were asked for, up to the time given', () => {
    const lines = text(5000, 0.1).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(5000);
    expect(lines.at(-1)).toMatch(/^2023-11-14T22:13:(19\.9|20\.0)/);
    expect(text(5000, 0.1)).toBe(`${lines.join('\n')}\n`);
  });

  it('has the share of failures that was asked for, and their literals in no other line', () => {
    const literals = new RegExp(measuredLogs.gateway.literals);
    const hits = (hitRate: number) =>
      text(20_000, hitRate)
        .split('\n')
        .filter((line) => literals.test(line)).length;
    expect(hits(0)).toBe(0);
    expect(hits(1)).toBe(20_000);
    expect(hits(0.3) / 20_000).toBeCloseTo(0.3, 1);
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
