import { describe, expect, it } from 'vitest';
import {
  compileDatepattern,
  DateError,
  type LocalTime,
  localTime,
  namedLocalTime,
  parseZone,
  processLocalTime,
} from './detector.js';

const present = Date.UTC(2024, 5, 15, 12);
const utc = localTime(() => 0);

interface Setting {
  readonly now?: number;
  readonly zone?: string;
  readonly clock?: LocalTime;
}

/** The instant, as ISO text, that the only template of `pattern` reads in `line`; undefined when it does not convert. */
function at(pattern: string, line: string, { now = present, zone, clock = utc }: Setting = {}): string | undefined {
  const detector = compileDatepattern(pattern, { thisYear: 2026 });
  const found = detector.find(line, detector.newRanking());
  if (found === undefined) throw new Error(`${pattern} does not match ${line}`);
  const epoch = detector.toEpoch(found, {
    now,
    zone: zone === undefined ? undefined : parseZone(zone),
    localTime: clock,
  });
  return epoch === undefined ? undefined : new Date(epoch).toISOString().replace(':00.000Z', '').replace('.000Z', '');
}

describe('a date without a year', () => {
  it('is of this year, or of the last when more than a day ahead', () => {
    expect(at('%b %d %H:%M', 'Jun 16 12:00')).toBe('2024-06-16T12:00');
    expect(at('%b %d %H:%M', 'Jun 16 12:01')).toBe('2023-06-16T12:01');
    expect(at('%m-%d', '12-31')).toBe('2023-12-31T00:00');
  });

  it('compares instants, whatever the zone: new year comes at different times', () => {
    // In Berlin it is 2024 for half an hour, in New York still 2023.
    const now = Date.UTC(2023, 11, 31, 23, 30);
    expect(at('%b %d %H:%M %z', 'Dec 31 18:30 -0500', { now })).toBe('2023-12-31T23:30');
    expect(at('%b %d %H:%M %z', 'Jan 01 00:30 +0100', { now })).toBe('2023-12-31T23:30');
    expect(at('%b %d %H:%M', 'Dec 31 23:59', { now, zone: 'UTC', clock: namedLocalTime('Europe/Berlin') })).toBe(
      '2023-12-31T23:59',
    );
  });

  it('is the latest leap year that fits for 29 February', () => {
    expect(at('%b %d', 'Feb 29', { now: Date.UTC(2026, 5, 1) })).toBe('2024-02-29T00:00');
    expect(at('%b %d', 'Feb 29', { now: Date.UTC(2024, 1, 1) })).toBe('2020-02-29T00:00');
    expect(at('%b %d', 'Feb 29', { now: Date.UTC(2103, 5, 1) })).toBe('2096-02-29T00:00');
    expect(at('%b %d', 'Feb 30')).toBeUndefined();
  });
});

describe('a time without a day', () => {
  it('is of today, or of yesterday when ahead', () => {
    expect(at('%H:%M:%S', '12:00:00')).toBe('2024-06-15T12:00');
    expect(at('%H:%M:%S', '12:00:01')).toBe('2024-06-14T12:00:01');
  });

  it('is of today where its zone is', () => {
    const clock = namedLocalTime('Europe/Berlin');
    expect(at('%H:%M:%S', '13:00:00', { zone: 'UTC', clock })).toBe('2024-06-14T13:00');
    expect(at('%H:%M %z', '13:30 +0200', { clock })).toBe('2024-06-15T11:30');
    // 23:30 in Greenwich is tomorrow morning in Tokyo.
    expect(at('%H:%M %Z', '08:10 JST', { now: Date.UTC(2024, 5, 15, 23, 30) })).toBe('2024-06-15T23:10');
  });
});

describe('other ways to name a day', () => {
  it.each([
    ['%Y %j', '2020 100', '2020-04-09T00:00'],
    ['%Y %j', '2021 366', '2022-01-01T00:00'],
    ['%j', '300', '2023-10-27T00:00'],
    ['%Y %m %j', '2020 05 100', '2020-04-09T00:00'],
    ['%Y %U %w', '2020 10 3', '2020-03-11T00:00'],
    ['%Y %W %A', '2020 10 Wednesday', '2020-03-11T00:00'],
    ['%Y %U %w', '2020 10 0', '2020-03-08T00:00'],
    ['%Y %W %w', '2020 10 0', '2020-03-15T00:00'],
    ['%Y %W %w', '2020 0 1', '2019-12-30T00:00'],
    ['%Y %W %w', '2020 53 0', '2021-01-10T00:00'],
    ['%Y', '2020', '2020-06-15T00:00'],
    ['%y-%m-%d', '99-01-01', '2099-01-01T00:00'],
  ])('%s reads %s', (pattern, line, time) => {
    expect(at(pattern, line)).toBe(time);
  });

  it('a month without a day is none', () => {
    expect(at('%Y-%m', '2020-03')).toBeUndefined();
  });
});

describe('twelve hours', () => {
  it.each([
    ['12:30 AM', '2024-06-15T00:30'],
    ['12:30 pm', '2024-06-14T12:30'],
    ['11:30 PM', '2024-06-14T23:30'],
    ['11:30 AM', '2024-06-15T11:30'],
  ])('%s', (line, time) => {
    expect(at('%I:%M %p', line)).toBe(time);
  });

  it('are of the morning without am and pm', () => {
    expect(at('%I:%M', '12:30')).toBe('2024-06-15T00:30');
  });
});

describe('zones', () => {
  it.each([
    ['CET+0100', '2020-05-04T22:00'],
    ['CET-03', '2020-05-05T02:00'],
    ['+19:59', '2020-05-04T04:01'],
    // Arabic digits: Python's `\d` takes those of any script.
    ['+00٣0', '2020-05-04T23:30'],
    ['A', '2020-05-04T23:00'],
    ['Y', '2020-05-05T12:00'],
    ['Z', '2020-05-05T00:00'],
    ['NPT', '2020-05-04T18:15'],
  ])('%s in a line', (zone, time) => {
    expect(at('%Y-%m-%d %Exz', `2020-05-05 ${zone}`)).toBe(time);
  });

  it('unknown or in lower case leave the date unconverted', () => {
    expect(at('%Y-%m-%d %Z', '2020-05-05 FOO')).toBeUndefined();
    expect(at('%Y-%m-%d %Exz', '2020-05-05 J')).toBeUndefined();
    expect(at('%b %d %z', 'May 05 utc')).toBeUndefined();
  });

  it.each(['utc', 'EST5', 'UTC+2', 'Europe/Berlin', 'FOO', 'J'])('logtimezone %s is refused, and named', (zone) => {
    expect(() => parseZone(zone)).toThrow(`Unknown or unsupported time zone: '${zone}'`);
    expect(() => parseZone(zone)).toThrow(DateError);
  });

  it.each([
    ['UTC', 0],
    ['UTC+0200', 120],
    ['-0330', -210],
    ['ChST', undefined],
    ['', 0],
  ])('logtimezone %s is that many minutes east', (zone, minutes) => {
    if (minutes === undefined) expect(() => parseZone(zone)).toThrow(DateError);
    else expect(parseZone(zone).offset).toBe(minutes * 60_000);
  });
});

describe('epochs', () => {
  const seconds = (pattern: string, line: string): number | undefined => {
    const detector = compileDatepattern(pattern, { thisYear: 2026 });
    const found = detector.find(line, detector.newRanking());
    const epoch = found && detector.toEpoch(found, { now: present, zone: undefined, localTime: utc });
    return epoch === undefined ? undefined : epoch / 1000;
  };

  it.each([
    ['LEPOCH', '11065139991', 11065139991],
    ['LEPOCH', '1106513999123', 1106513999.123],
    ['LEPOCH', '1106513999123.456', 1106513999.123456],
    ['LEPOCH', '1106513999123456', 1106513999.123456],
    ['a {EPOCH} b', 'a 1106513999.5 b', undefined],
    ['a {EPOCH} b', 'a 1106513999.512 b', 1106513999.512],
    ['(a) {EPOCH}', 'a 1106513999', 1106513999],
    ['EPOCH', 'type=X msg=audit(1106513999.123:55): y', 1106513999.123],
    ['EPOCH', 'xaudit(1106513999.123:55)', undefined],
    ['TAI64N', '@400000003a45a1e80b43f1d4', 977641960],
    ['TAI64N', '@4fff00003a45a1e80b43f1d4', undefined],
  ])('%s reads %s', (pattern, line, value) => {
    expect(seconds(pattern, line)).toBe(value);
  });
});

describe('an empty date', () => {
  it.each([
    ['{NONE}', 'any text'],
    ['^WARNING:()**', 'WARNING: any text'],
  ])('%s matches and cuts nothing', (pattern, line) => {
    const detector = compileDatepattern(pattern, { thisYear: 2026 });
    const found = detector.find(line, detector.newRanking());
    expect(found).toBeDefined();
    expect(found?.start).toBe(found?.end);
  });
});

describe('digits of other scripts', () => {
  it('count where Python counts them', () => {
    expect(at('%Y', '\u0662\u0660\u0662\u0660')).toBe('2020-06-15T00:00');
    expect(at('(?P<Y>\\d{4})-(?P<m>\\d\\d)-(?P<d>\\d\\d)', '𝟚𝟘𝟚𝟘-𝟘𝟙-𝟘𝟚')).toBe('2020-01-02T00:00');
  });
});

describe('the local clock', () => {
  it('is that of the process, jumps included', () => {
    const clock = processLocalTime();
    for (let month = 0; month < 12; month++) {
      const local = new Date(2024, month, 9, 13, 45, 12);
      expect(clock.toEpoch(Date.UTC(2024, month, 9, 13, 45, 12))).toBe(local.getTime());
      expect(clock.toWall(local.getTime())).toBe(Date.UTC(2024, month, 9, 13, 45, 12));
    }
  });

  it('reads years long ago', () => {
    expect(at('%Y-%m-%d', '0024-12-31')).toBe('0024-12-31T00:00');
    expect(at('%Y-%m-%d', '0000-01-01')).toBeUndefined();
  });
});
