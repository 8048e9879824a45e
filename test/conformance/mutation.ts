/** Log lines out of log lines: what attackers, odd programs and broken transports make of them. Deterministic. */

/** Small deterministic generator (mulberry32), so that a difference can be met again: a number from 0 to below `below`. */
export type Random = (below: number) => number;

export function randomizer(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const hosts = [
  '192.0.2.7',
  '::ffff:192.0.2.8',
  '::ffff:c000:0209',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:2',
  'fe80::1%eth0',
  '[2001:db8::3]',
  '::1',
  '::',
  'host.example.com',
  'under_score.example.org',
  'x-192-0-2-1.example.net',
  '1.2.3.400',
  '01.2.3.4',
  '1.2.3',
  '12:34:56',
  'dead:beef',
  '10.0.0.1:5060',
  '192.0.2.0/24',
  'bücher.example',
  '١٢.1.2.3',
  '',
];
const dates = [
  '2005-08-14 11:00:00',
  '2005-08-14T11:00:00.123456+02:00',
  '2005-08-14 11:00:00,123 -0700',
  'Aug 14 11:00:00',
  'Aug  4 01:02:03',
  'Dec 31 23:59:59',
  'Sun Aug 14 11:00:00.011 2005',
  'Sun Aug 14 2005 11:00:00',
  '14/08/2005 11:00:00',
  '14/Aug/2005:11:00:00 +0200',
  '08-14-2005 11:00:00.252',
  '1124010000',
  '1124010000.123',
  '[1124010000]',
  '11:00:00',
  '<08/14/05@11:00:00>',
  '050814 11:00:00',
  'Aug 14, 2005 11:00:00 AM',
  'Aug-14-05 11:00:00',
  '20050814T110000Z',
  'CEST Aug 14 11:00:00 2005',
  '+01:00 Aug 14 11:00:00 2005',
  '@4000000042ff07f00b43f1d4',
  'audit(1124010000.123:99)',
  'Feb 30 11:00:00',
  '2005-08-14 24:00:00',
  '2005-13-14 11:00:00',
  '',
];
const characters = [
  '\0',
  '\t',
  '\r',
  '\u000b',
  '\u001b[31m',
  '\u001b[0m',
  '\u001c',
  '\u0085',
  '\u00a0',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffd',
  'ı',
  'ſ',
  '\u212a',
  'É',
  '٣',
  '😀',
  '\u0301',
];
const punctuation = [...'.,:;-_/\\\'"`()[]{}<>|&%$#@!?*+=~^ '];
/** Bytes that are not UTF-8, one character per byte. */
const invalidBytes = [
  '\xff',
  '\xc3',
  '\xe2\x80',
  '\xf0\x9f\x98',
  '\xed\xa0\x80',
  '\xc0\xaf',
  '\x80',
  '\xf8\x88\x80\x80\x80',
];

export interface Material {
  /** Lines to draw from. */
  readonly lines: readonly string[];
  /** Lines of other logs, to splice in. */
  readonly foreign: readonly string[];
  /** Where the line's date stands. */
  dateOf(line: string): readonly [start: number, end: number] | undefined;
}

const address = /\b(?:\d{1,3}\.){3}\d{1,3}\b|(?:[0-9a-fA-F]{1,4}::?){2,7}[0-9a-fA-F]{1,4}|::1\b/g;

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random(list.length)]!;
}

/** Cuts at word borders; pieces joined are the line. */
function words(line: string): string[] {
  return line.split(/(?<= )|(?=[ ])/);
}

type Change = (line: string, random: Random, material: Material) => string;

const changes: readonly Change[] = [
  // Another host in the place of one or of all.
  (line, random) => {
    const found = [...line.matchAll(address)];
    if (found.length === 0) return line;
    const { index, 0: text } = pick(random, found);
    return line.slice(0, index) + pick(random, hosts) + line.slice(index + text.length);
  },
  (line, random) => {
    const host = pick(random, hosts);
    return line.replaceAll(address, () => host);
  },
  // Another date, no date, two dates.
  (line, random, { dateOf }) => {
    const [start, end] = dateOf(line) ?? [0, 0];
    return line.slice(0, start) + pick(random, dates) + line.slice(end);
  },
  (line, random) => {
    const at = random(line.length + 1);
    return line.slice(0, at) + pick(random, dates) + line.slice(at);
  },
  // Words dropped, doubled, swapped, put in.
  (line, random) => {
    const list = words(line);
    list.splice(random(list.length), 1 + random(2));
    return list.join('');
  },
  (line, random) => {
    const list = words(line);
    const at = random(list.length);
    list.splice(at, 0, list[at]!);
    return list.join('');
  },
  (line, random) => {
    const list = words(line);
    const [one, other] = [random(list.length), random(list.length)];
    [list[one], list[other]] = [list[other]!, list[one]!];
    return list.join('');
  },
  (line, random) => {
    const list = words(line);
    list.splice(random(list.length), 0, ` ${pick(random, ['root', 'from', 'user', ...hosts])} `);
    return list.join('');
  },
  // Single characters.
  ...[punctuation, characters].map(
    (list): Change =>
      (line, random) => {
        const at = random(line.length + 1);
        return line.slice(0, at) + pick(random, list) + line.slice(at + random(2));
      },
  ),
  (line, random) => {
    const at = random(line.length + 1);
    return line.slice(0, at) + line.slice(at + 1);
  },
  (line, random) => line + pick(random, [...characters, ...punctuation, '  ', '\r\r']),
  (line, random) => pick(random, [...characters, ...punctuation, '  ', '<13>']) + line,
  (line, random) => {
    const digits = [...line.matchAll(/\d/g)];
    if (digits.length === 0) return line;
    const { index } = pick(random, digits);
    return line.slice(0, index) + String(random(10)) + line.slice(index + 1);
  },
  // Length and company.
  (line, random) => line.slice(0, random(line.length + 1)),
  (line, random) => line.slice(random(line.length + 1)),
  (line, random, { lines }) => {
    const other = pick(random, lines);
    return line.slice(0, random(line.length + 1)) + other.slice(random(other.length + 1));
  },
  (line, random, { foreign }) => {
    const at = random(line.length + 1);
    return line.slice(0, at) + pick(random, foreign) + line.slice(at);
  },
  (line, random, { lines }) => {
    const list = words(line);
    list.splice(random(list.length), 1, pick(random, lines));
    return list.join('');
  },
  (line, random) => (random(2) === 0 ? line.toUpperCase() : line.toLowerCase()),
];

/** One line, changed in up to four ways, as bytes (one character per byte) without newlines. */
export function mutate(random: Random, material: Material): string {
  let line = pick(random, material.lines);
  for (let count = random(5); count > 0; count--) line = pick(random, changes)(line, random, material);
  let bytes = Buffer.from(line, 'utf8').toString('latin1').replaceAll('\n', ' ');
  if (random(8) === 0) {
    const at = random(bytes.length + 1);
    bytes = bytes.slice(0, at) + pick(random, invalidBytes) + bytes.slice(at);
  }
  return bytes.slice(0, 1500);
}
