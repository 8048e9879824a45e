import { describe, expect, it } from 'vitest';
import { type Flags, readFlags } from './flags.js';
import { type OptionSpec, readOptions } from './read-options.js';

const specs: readonly OptionSpec[] = [
  { key: 'conf', short: 'c', long: ['conf'], value: 'X' },
  { key: 'verbose', short: 'v' },
  { key: 'foreground', short: 'f' },
  { key: 'test', short: 't', long: ['test'] },
  { key: 'timeout', long: ['timeout'], value: 'X' },
  { key: 'pretty', long: ['dp', 'dump-pretty'] },
  { key: 'socket', short: 's', long: ['socket'], value: 'X' },
  { key: 'syslogsocket', long: ['syslogsocket'], value: 'X' },
];

describe('options, read strictly', () => {
  it('stops at the first word that is not an option', () => {
    expect(readOptions(['-v', 'status', '-f', '--test'], specs)).toEqual({
      options: [['verbose', '']],
      operands: ['status', '-f', '--test'],
    });
  });

  it('takes -- as the end of the options, and a lone - as a word', () => {
    expect(readOptions(['-v', '--', '-f'], specs).operands).toEqual(['-f']);
    expect(readOptions(['-', '-f'], specs).operands).toEqual(['-', '-f']);
  });

  it('reads clustered short options, the last one with its value attached or following', () => {
    expect(readOptions(['-vvfs/run/x'], specs).options).toEqual([
      ['verbose', ''],
      ['verbose', ''],
      ['foreground', ''],
      ['socket', '/run/x'],
    ]);
    expect(readOptions(['-vs', '/run/x', 'ping'], specs)).toEqual({
      options: [
        ['verbose', ''],
        ['socket', '/run/x'],
      ],
      operands: ['ping'],
    });
  });

  it('reads long options with = or a blank, and may be given an empty value', () => {
    expect(readOptions(['--timeout=5', '--conf', '/etc/x', '--socket='], specs).options).toEqual([
      ['timeout', '5'],
      ['conf', '/etc/x'],
      ['socket', ''],
    ]);
  });

  it('takes abbreviations while they are unambiguous, and an exact name over longer ones', () => {
    expect(readOptions(['--sys', 'auto', '--dump'], specs).options).toEqual([
      ['syslogsocket', 'auto'],
      ['pretty', ''],
    ]);
    expect(readOptions(['--d'], specs).options).toEqual([['pretty', '']]);
    expect(() => readOptions(['--t'], specs)).toThrow(/ambiguous: --test, --timeout/);
    expect(() => readOptions(['--s', 'x'], specs)).toThrow(/ambiguous/);
  });

  it('takes a value that looks like an option', () => {
    expect(readOptions(['-c', '-v'], specs)).toEqual({ options: [['conf', '-v']], operands: [] });
  });

  it.each([
    [['--nope'], /--nope is not known/],
    [['-z'], /-z is not known/],
    [['-c'], /-c needs a value/],
    [['--conf'], /--conf needs a value/],
    [['--test=1'], /--test takes no value/],
  ])('refuses %j', (argv, message) => {
    expect(() => readOptions(argv, specs)).toThrow(message);
  });
});

describe('options, read anywhere', () => {
  it('may stand between the words and behind them, until --', () => {
    expect(readOptions(['log', '-v', 'regex', '--timeout', '5', '--', '--conf', '-f'], specs, 'anywhere')).toEqual({
      options: [
        ['verbose', ''],
        ['timeout', '5'],
      ],
      operands: ['log', 'regex', '--conf', '-f'],
    });
  });

  it('name in their refusals whose they are', () => {
    expect(() => readOptions(['--nope'], specs, 'anywhere', 'regex: ')).toThrow(/^regex: option --nope is not known$/);
  });
});

describe('readFlags', () => {
  it('counts -v up and -q down, and lets the last of -b and -f win', () => {
    const flags: Flags = { verbosity: 0 };
    readFlags(['-vvq', '-f', '-b', '--dry-run', 'start'], flags);
    expect(flags).toMatchObject({ verbosity: 1, foreground: false, enforce: false });
  });

  it('refuses --dry-run beside --enforce, in either order', () => {
    for (const argv of [
      ['--dry-run', '--enforce'],
      ['--enforce', '--dry-run'],
    ]) {
      expect(() => readFlags([...argv, 'start'], { verbosity: 0 })).toThrow(/contradict/);
    }
    expect(() => readFlags(['--dry-run', '--dry-run', 'start'], { verbosity: 0 })).not.toThrow();
  });

  it('wants a number for --timeout', () => {
    expect(() => readFlags(['--timeout', 'soon'], { verbosity: 0 })).toThrow(/number of seconds/);
  });
});
