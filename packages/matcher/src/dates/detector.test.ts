import { describe, expect, it } from 'vitest';
import { compileDatepattern, localTime, namedLocalTime, parseZone } from './detector.js';

const now = 1_718_452_800_000; // 2024-06-15 12:00:00 UTC
const utc = localTime(() => 0);
const berlin = namedLocalTime('Europe/Berlin');
const defaults = compileDatepattern(undefined, { thisYear: 2026 });

interface Read {
  readonly cut: string;
  readonly epoch: number | undefined;
  readonly zoned: boolean;
}

/** What a fresh detector with the default templates makes of one line; epoch in seconds. */
function read(line: string, zone?: string, clock = utc, detector = defaults): Read | undefined {
  const found = detector.find(line, detector.newRanking());
  if (found === undefined) return undefined;
  const context = { now: now, zone: zone === undefined ? undefined : parseZone(zone), localTime: clock };
  const epoch = detector.toEpoch(found, context);
  return {
    cut: line.slice(found.start, found.end),
    epoch: epoch === undefined ? undefined : epoch / 1000,
    zoned: detector.isZoned(found, context),
  };
}

/** Lines that are nothing but a date: the whole is cut. The epoch as fail2ban prints it, `.0` for local time. */
const whole: readonly (readonly [line: string, epoch: string])[] = [
  ['2005-01-23T21:59:59.981746', '1106517599.0'],
  ['2005-01-23  8:59:59', '1106470799.0'],
  ['2005-01-23T20:59:59Z', '1106513999'],
  ['2005-01-23T21:59:59+01:00', '1106513999'],
  ['2005-01-23T21:59:59-0800', '1106546399'],
  ['2005-01-23 21:59:59,099 +0100', '1106513999'],
  ['2005-01-23 21:59:59 UTC', '1106517599'],
  ['2005/01/23 21:59:59', '1106517599.0'],
  ['2005.01.23 21:59:59', '1106517599.0'],
  ['Jan 23 21:59:59', '1706047199.0'],
  ['Jan  3 21:59:59', '1704319199.0'],
  ['Jun 15 12:00:01', '1718452801.0'],
  ['Jun 16 12:00:00', '1718539200.0'],
  ['Jun 16 12:00:01', '1686916801.0'],
  ['Dec 31 23:59:59', '1704067199.0'],
  ['Sun Jan 23 21:59:59.011 2005', '1106517599.0'],
  ['Sun Jan 23 2005 21:59:59.011', '1106517599.0'],
  ['23/01/2005 21:59:59', '1106517599.0'],
  ['23/01/05 21:59:59', '1106517599.0'],
  ['23-01-2005 21:59:59', '1106517599.0'],
  ['23/01/99 21:59:59', '4072888799.0'],
  ['23/Jan/2005:21:59:59 +0100', '1106513999'],
  ['23-Jan-2005 21:59:59 +0200', '1106510399'],
  ['01/23/2005:21:59:59', '1106517599.0'],
  ['01-23-2005 21:59:59.252', '1106517599.0'],
  ['1106513999', '1106513999.0'],
  ['1106513999.123', '1106513999.123'],
  ['11:59:59', '1718452799.0'],
  ['12:00:01', '1718366401.0'],
  ['<01/23/05@21:59:59>', '1106517599.0'],
  ['050123 21:59:59', '1106517599.0'],
  ['Jan-23-05 21:59:59', '1106517599.0'],
  ['Jan 23, 2005 9:59:59 PM', '1106517599.0'],
  ['Jan 23, 2005 12:05:00 AM', '1106438700.0'],
  ['20050123T215959', '1106517599.0'],
  ['20050123 215959', '1106517599.0'],
  ['20050123-21:59:59', '1106517599.0'],
  ['20050123T215959.123+0100', '1106513999'],
  ['PDT Apr 16 21:05:29', '1713326729'],
  ['CET Jan 23 21:59:59 2005', '1106513999'],
  ['+01:00 Jan 23 21:59:59 2005', '1106513999'],
  ['@4000000041f4104f00000000', '1106513999'],
  ['2029-12-31 21:59:59', '1893448799.0'],
  ['JAN 23 21:59:59', '1706047199.0'],
];

describe('the default templates', () => {
  it.each(whole)('cut all of %s and read %s', (line, epoch) => {
    expect(read(line)).toEqual({ cut: line, epoch: Number(epoch), zoned: !epoch.includes('.') });
  });

  it.each([
    ['[23/Jan/2005:21:59:59 +0000] x', '23/Jan/2005:21:59:59 +0000', 1106517599],
    ['[1106513999]', '1106513999', 1106513999],
    ['sunday Jan 23 21:59:59', 'Jan 23 21:59:59', 1706047199],
    ['<34>1 2005-01-23T21:59:59.003Z host', '2005-01-23T21:59:59.003Z', 1106517599],
    ['5.10.15.20 2005-01-23 21:59:59', '2005-01-23 21:59:59', 1106517599],
  ])('cut only the date out of %s', (line, cut, epoch) => {
    expect(read(line)).toMatchObject({ cut, epoch });
  });

  it.each([
    '2005-01/23 21:59:59',
    '1106513999000',
    '1999-01-23 21:59:59',
    '2030-01-23 21:59:59',
    'Mai 23 21:59:59',
    'x2005-01-23 21:59:59',
    '2005-01-23 21:59:59x',
  ])('find no date in %s', (line) => {
    // %ExY ends with 2029 until three years before 2030.
    expect(read(line, undefined, utc, compileDatepattern(undefined, { thisYear: 2026 }))).toBeUndefined();
  });

  it.each(['Jan 23 24:00:00', 'Feb 30 21:59:59', '2005-01-23 21:59:60'])('find %s but cannot convert it', (line) => {
    expect(read(line)).toEqual({ cut: line, epoch: undefined, zoned: false });
  });

  it('read a time without a zone on the local clock, with its summer time', () => {
    expect(read('2024-07-01 12:00:00', undefined, berlin)?.epoch).toBe(1719828000);
    expect(read('2024-01-01 12:00:00', undefined, berlin)?.epoch).toBe(1704106800);
  });

  it.each([
    ['UTC', '2024-01-01 12:00:00', 1704110400],
    ['UTC+0200', '2024-01-01 12:00:00', 1704103200],
    ['UTC', '2024-01-01 12:00:00+0100', 1704106800],
  ])('read it in logtimezone %s unless the line says otherwise: %s', (zone, line, epoch) => {
    expect(read(line, zone, berlin)).toMatchObject({ epoch, zoned: true });
  });

  it('take a skipped local time with the offset before, a repeated one as the second', () => {
    expect(read('2024-03-31 02:30:00', undefined, berlin)?.epoch).toBe(1711848600);
    expect(read('2024-10-27 02:30:00', undefined, berlin)?.epoch).toBe(1729992600);
  });

  it('are 31, the anchored ones first, all searched by the date scanner', () => {
    expect(defaults.templates).toHaveLength(31);
    expect(defaults.templates.filter((template) => template.weight === 100)).toHaveLength(14);
    expect(defaults.templates.map((_template, index) => defaults.engineOf(index))).toEqual(Array(31).fill('scanner'));
  });
});
