import fc from 'fast-check';

const jail = fc.constantFrom('one', 'two', 'bare', 'one', 'two', 'nojail');
const address = fc.constantFrom(
  '192.0.2.1',
  '192.0.2.77',
  '10.1.2.3',
  '2001:db8::1',
  '2001:DB8::0:2',
  '192.0.2.0/24',
  '10.0.0.0/8',
  'text',
);
const addresses = fc.array(address, { minLength: 0, maxLength: 4 });
/** fail2ban lifts a ban, and takes an entry off the ignore list, by its own spelling alone; f2b by any. */
const canonical = address.map((text) => text.replace('2001:DB8::0:2', '2001:db8::2'));
const canonicals = fc.array(canonical, { minLength: 0, maxLength: 4 });
const time = fc.constantFrom('10', '5m', '1h 5m', '1d', '600', '-1', '1.5h', 'x', '2*30');
const number = fc.constantFrom('1', '3', '7', ' 4 ', 'x', '2.5', '100');
const index = fc.constantFrom('0', '1', '-1', '9', 'x');
const regex = fc.constantFrom(
  '^ in <HOST>$',
  '^ out <ADDR> of (?P<x>.)$',
  '^ nobody$',
  '^ open ( <HOST>',
  '[',
  '^ <F-USER>\\w+</F-USER> at <IP4>$',
  '',
);
const yesOrNo = fc.constantFrom('true', 'false', 'yes', 'no', '1', 'maybe');
const log = fc
  .constantFrom('one.log', 'two.log', 'two-more.log', 'spare.log', 'missing.log', 'filter.d')
  .map((name) => `TREE/${name}`);
const action = fc.constantFrom('note', 'second', 'third', 'fourth', 'nothing');
const property = fc.constantFrom(
  'actionban',
  'actionunban',
  'actioncheck',
  'timeout',
  'port',
  'mine',
  'actname',
  'nothing',
);
const growing = fc.oneof(
  fc.tuple(fc.constantFrom('bantime.increment', 'bantime.overalljails'), yesOrNo),
  fc.tuple(fc.constant('bantime.factor'), fc.constantFrom('1', '2', '0.5', '')),
  fc.tuple(fc.constant('bantime.multipliers'), fc.constantFrom('1 2 4', '1', '')),
  fc.tuple(fc.constantFrom('bantime.maxtime', 'bantime.rndtime'), fc.constantFrom('1d', '2h', '30', '')),
);
const asked = fc.constantFrom(
  ...'ignoreself ignoreip ignorecommand ignorecache logpath logencoding journalmatch prefregex failregex ignoreregex datepattern logtimezone'.split(
    ' ',
  ),
  ...'usedns findtime bantime maxretry maxmatches maxlines bantime.increment bantime.factor bantime.maxtime actions banip banned nothing'.split(
    ' ',
  ),
);

type Words = readonly string[];
const set = (...words: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<Words> =>
  fc.tuple(fc.constant('set'), jail, ...words.map((word) => (typeof word === 'string' ? fc.constant(word) : word)));
const more = (first: fc.Arbitrary<Words>, rest: fc.Arbitrary<Words>): fc.Arbitrary<Words> =>
  fc.tuple(first, rest).map(([words, behind]) => [...words, ...behind]);

/** A command that a client may send, sensible or not. */
const command: fc.Arbitrary<Words> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('get'), jail, asked) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('status'), jail, fc.constantFrom('basic', 'short', 'odd')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ['status'],
      ['banned'],
      ['get', 'loglevel'],
      ['get', 'dbpurgeage'],
      ['nothing'],
      ['get'],
      ['set', 'one'],
    ),
  },
  { weight: 4, arbitrary: more(set('banip'), addresses) },
  { weight: 3, arbitrary: more(set('unbanip'), canonicals) },
  { weight: 1, arbitrary: more(set('unbanip', '--report-absent'), canonicals) },
  { weight: 1, arbitrary: more(fc.constant(['unban']), canonicals) },
  { weight: 1, arbitrary: more(fc.constant(['banned']), addresses) },
  { weight: 1, arbitrary: fc.constant(['unban', '--all']) },
  { weight: 1, arbitrary: more(fc.tuple(fc.constant('get'), jail, fc.constant('banned')), addresses) },
  {
    weight: 3,
    arbitrary: more(
      set('addignoreip'),
      addresses.map((list) => list.filter((one) => one !== 'text')),
    ),
  },
  { weight: 2, arbitrary: set('delignoreip', canonical) },
  { weight: 1, arbitrary: set('ignoreself', yesOrNo) },
  { weight: 1, arbitrary: set('ignorecommand', fc.constantFrom('true <ip>', '', 'false')) },
  {
    weight: 1,
    arbitrary: set('ignorecache', fc.constantFrom('', 'key="<ip>"', 'key="<fid>",max-count=7,max-time=1h')),
  },
  { weight: 3, arbitrary: set(fc.constantFrom('addfailregex', 'addignoreregex'), regex) },
  { weight: 2, arbitrary: set(fc.constantFrom('delfailregex', 'delignoreregex'), index) },
  { weight: 1, arbitrary: set('prefregex', fc.constantFrom('', '^ <F-CONTENT>.+</F-CONTENT>$', '(')) },
  { weight: 1, arbitrary: set('datepattern', fc.constantFrom('', '%Y-%m-%d', 'EPOCH', '{^LN-BEG}%d.%m', '{NONE}')) },
  { weight: 1, arbitrary: set('logtimezone', fc.constantFrom('UTC', 'UTC+0130', 'nowhere', 'CET')) },
  { weight: 1, arbitrary: set('logencoding', fc.constantFrom('auto', 'utf-8', 'latin1', 'klingon')) },
  { weight: 2, arbitrary: set(fc.constantFrom('findtime', 'bantime'), time) },
  { weight: 2, arbitrary: set(fc.constantFrom('maxretry', 'maxmatches', 'maxlines'), number) },
  { weight: 2, arbitrary: more(fc.tuple(fc.constant('set'), jail), growing) },
  { weight: 1, arbitrary: set('idle', fc.constantFrom('on', 'off', 'odd')) },
  { weight: 2, arbitrary: set('addlogpath', log, fc.constantFrom('head', 'tail', 'odd')) },
  { weight: 2, arbitrary: set('dellogpath', log) },
  { weight: 1, arbitrary: set(fc.constantFrom('addaction', 'delaction'), action) },
  { weight: 2, arbitrary: set('action', action, property, fc.constantFrom('5m', '7', 'true <ip>')) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('get'), jail, fc.constant('action'), action, property) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('get'), jail, fc.constantFrom('actionproperties', 'actionmethods'), action),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('set'),
      fc.constantFrom('loglevel', 'dbpurgeage', 'dbmaxmatches'),
      fc.constantFrom('INFO', '7', '20', 'odd'),
    ),
  },
);

/** Commands, one behind the other. */
export const sequenceOfCommands: fc.Arbitrary<readonly Words[]> = fc.array(command, { minLength: 5, maxLength: 30 });
