import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bytes, Float, type ReplyValue, refusal, tuple } from '../../reply.js';
import { unknownJail } from '../../verbs/raise.js';
import { pickle } from './pickle.js';
import { readPickle } from './read.js';
import { writePickle } from './write.js';

const hex = (text: string) => Buffer.from(text, 'hex');

/** Frames of fail2ban 1.0.2's server, as they came over its socket. */
const captured: readonly (readonly [ReplyValue, string])[] = [
  ['pong', '8005950c000000000000004b008c04706f6e679486942e'],
  [true, '80059506000000000000004b008886942e'],
  [null, '80059506000000000000004b004e86942e'],
  [-1, '8005950a000000000000004b004affffffff86942e'],
  [600, '80059508000000000000004b004d580286942e'],
  [604_800, '8005950a000000000000004b004a803a090086942e'],
  [new Float(31_557_600), '8005950e000000000000004b0047417e187e0000000086942e'],
];

describe('a reply as pickle', () => {
  it.each(captured)('%j is byte for byte what fail2ban sends', (value, bytes) => {
    expect(writePickle(0, value).toString('hex')).toBe(bytes);
  });

  it('of pairs in a list is what fail2ban sends for status', () => {
    const seen = Buffer.from(
      '\x80\x05\x950\0\0\0\0\0\0\0K\0]\x94(\x8c\x0eNumber of jail\x94K\x01\x86\x94\x8c\tJail list\x94\x8c\x01x\x94\x86\x94e\x86\x94.',
      'latin1',
    );
    expect(writePickle(0, [tuple('Number of jail', 1), tuple('Jail list', 'x')])).toEqual(seen);
  });

  it('of a jail that does not exist is the exception that clients know', () => {
    const frame = pickle.write(unknownJail('nojail').refusal);
    expect(frame.toString('latin1')).toBe(
      `${hex('80059541000000000000004b018c136661696c3262616e2e657863657074696f6e73948c14556e6b6e6f776e4a61696c457863657074696f6e9493948c066e6f6a61696c948594529486942e').toString('latin1')}<F2B_END_COMMAND>`,
    );
  });

  it('of any other refusal is an Exception with its text', () => {
    const frame = pickle.write(refusal('F2B_INVALID_COMMAND', 'Invalid command'));
    expect(frame.subarray(0, -17).toString('hex')).toBe(
      '80059534000000000000004b018c086275696c74696e73948c09457863657074696f6e9493948c0f496e76616c696420636f6d6d616e64948594529486942e',
    );
  });
});

const python = spawnSync('python3', ['--version']).status === 0;
if (!python && process.env.CI) throw new Error('the test of pickles needs python3');

describe.skipIf(!python)('pickles and Python', () => {
  it('agree on every value that a reply may have', () => {
    const { value: any } = fc.letrec<{ value: ReplyValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.string({ unit: 'grapheme' }),
        fc.maxSafeInteger(),
        fc.constantFrom(
          0,
          255,
          256,
          65_535,
          65_536,
          -1,
          2 ** 31 - 1,
          2 ** 31,
          -(2 ** 31),
          -(2 ** 31) - 1,
          -128,
          2 ** 40,
        ),
        fc.boolean(),
        fc.constant(null),
        fc.double({ noNaN: true }).map((one) => new Float(one)),
        fc.uint8Array({ maxLength: 300 }).map((one) => new Bytes(one)),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.array(tie('value'), { maxLength: 5 }).map((items) => tuple(...items)),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    const values: ReplyValue[] = [
      ...fc.sample(any, { numRuns: 300, seed: 7 }),
      Array.from({ length: 2500 }, (_, at) => at),
    ];
    const program = `import sys, pickle
for line in sys.stdin: print(repr(pickle.loads(bytes.fromhex(line))))`;
    const input = values.map((value) => writePickle(0, value).toString('hex')).join('\n');
    const { stdout } = spawnSync('python3', ['-c', program], {
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: { ...process.env, PYTHONIOENCODING: 'utf8' },
    });
    // Python says what it unpickled in words; Python reads what it is expected to be.
    const check = `import sys, json
def build(v):
    k, x = v
    if k in ('str', 'int', 'bool', 'none'): return x
    if k == 'float': return float(x)
    if k == 'bytes': return bytes.fromhex(x)
    if k == 'list': return [build(i) for i in x]
    if k == 'tuple': return tuple(build(i) for i in x)
    return {a: build(b) for a, b in x}
for line in sys.stdin: print(repr((0, build(json.loads(line)))))`;
    const expected = spawnSync('python3', ['-c', check], {
      input: values.map((value) => JSON.stringify(described(value))).join('\n'),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      env: { ...process.env, PYTHONIOENCODING: 'utf8' },
    });
    expect(expected.status).toBe(0);
    expect(stdout).toBe(expected.stdout);
  });

  it('agree on requests in every protocol', () => {
    const program = `import pickle
words = ['set', 'sshd', 'banip', '192.0.2.1', 600, -7, 2**40, 0.5, True, False, 'ü"\\\\\\n€😀', 'sshd', b'bytes']
for protocol in range(6):
    for value in (words, tuple(words), [words[0]], []):
        print(pickle.dumps(value, protocol).hex())`;
    const { stdout } = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
    const words = [
      'set',
      'sshd',
      'banip',
      '192.0.2.1',
      600,
      -7,
      2 ** 40,
      0.5,
      true,
      false,
      'ü"\\\n€😀',
      'sshd',
      'bytes',
    ];
    const pickles = stdout.trimEnd().split('\n');
    expect(pickles).toHaveLength(24);
    pickles.forEach((one, at) => {
      // Bytes of protocols 0 to 2 travel as a call of Python's codecs, which is no data.
      if (at < 12 && at % 4 < 2) expect(() => readPickle(hex(one))).toThrow(/is not data/);
      else expect(readPickle(hex(one)), one).toEqual([words, words, ['set'], []][at % 4]);
    });
  });
});

/** A value with its Python type. */
function described(value: ReplyValue): unknown {
  if (value === null) return ['none', null];
  if (typeof value === 'string') return ['str', value];
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'number') return ['int', value];
  if (value instanceof Float)
    return ['float', Object.is(value.value, -0) ? '-0.0' : String(value.value).replace('Infinity', 'inf')];
  if (value instanceof Bytes) return ['bytes', Buffer.from(value.bytes).toString('hex')];
  if (Array.isArray(value)) return ['list', value.map(described)];
  if ('items' in value && !Object.hasOwn(value, 'toJSON') && value.constructor !== Object) {
    return ['tuple', (value.items as readonly ReplyValue[]).map(described)];
  }
  return ['dict', Object.entries(value as object).map(([key, one]) => [key, described(one as ReplyValue)])];
}

describe('a request as pickle', () => {
  it('is read as the Go exporter writes it', () => {
    const frame = Buffer.from('\x80\x02(U\x04pingU\x03100l.', 'latin1');
    expect(pickle.read(frame)).toEqual({ words: ['ping', '100'] });
  });

  it.each([
    ['a call of os.system', "cos\nsystem\n(S'touch /tmp/x'\ntR."],
    ['a class by its stack', '\x80\x04\x8c\x02os\x8c\x06system\x93.'],
    ['an object built', '\x80\x02]}b.'],
    ['an instance', "(S'x'\nios\nsystem\n."],
    ['a persistent id', 'Px\n.'],
    ['an extension', '\x80\x02\x82\x01.'],
    ['a reduction', '\x80\x02](R.'],
    ['a new object', '\x80\x02])\x81.'],
  ])('is refused when it says %s', (_, text) => {
    expect(pickle.read(Buffer.from(text, 'latin1'))).toMatchObject({ ok: false, code: 'F2B_BAD_REQUEST' });
  });

  it.each([
    ['is cut short', '\x80\x05]\x94\x8c\x04pi'],
    ['promises more than there is', '\x80\x05X\xff\xff\xff\xff'],
    ['has no end', '\x80\x05]'],
    ['takes from an empty stack', 'a.'],
    ['remembers nothing', 'h\x05.'],
    ['stands too deep in itself', `${']'.repeat(100)}${'a'.repeat(99)}.`],
    ['contains itself', `\x80\x04]\x94${'h\0a'.repeat(40)}.`],
    ['has a number that is none', 'Iabc\n.'],
    ['is a list of dictionaries', '\x80\x02]}a.'],
    ['contains itself once', '\x80\x04]\x94h\0a.'],
    ['contains itself in another list', '\x80\x04]\x94]\x94h\0ah\x01h\0h\x01aa.'],
    [
      'says one list ever twice as often',
      `\x80\x04]${Array.from({ length: 30 }, (_, i) => `q${String.fromCharCode(i)}0]h${String.fromCharCode(i)}ah${String.fromCharCode(i)}a`).join('')}.`,
    ],
    ['is empty', ''],
  ])('is refused when it %s', (_, text) => {
    expect(pickle.read(Buffer.from(text, 'latin1'))).toMatchObject({ ok: false, code: 'F2B_BAD_REQUEST' });
  });

  it('may hold lists within its list, as multi-set does', () => {
    const text = '\x80\x02](U\x09multi-setU\x01j](U\x01aU\x01bee.';
    expect(pickle.read(Buffer.from(text, 'latin1'))).toEqual({ words: ['multi-set', 'j', ['a', 'b']] });
  });

  it('of any bytes ends in words or a refusal, in time', () => {
    const opcodes = Buffer.from(
      '\x80\x95()]}ltdaesuN\x88\x89KMJGILF\x8a\x8cUCXTB\x8d\x8eVS\x94pqrghj\x85\x86\x87.',
      'latin1',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...opcodes), fc.nat({ max: 255 })), { maxLength: 200 }),
        (bytes) => {
          const request = pickle.read(Buffer.from(bytes));
          expect(request === 'close' || 'words' in request! || !request!.ok).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
