import { rmSync } from 'node:fs';
import { ConfigError, readSettings, renderStream, type Settings } from '@f2b/config';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fail2banOracle, installedFail2ban, type Tree, temporaryRoot, writeTree } from './config-fail2ban.js';

const version = installedFail2ban();
// biome-ignore lint/suspicious/noUndeclaredEnvVars: a person's wish for more trees; no cached task depends on it
const runs = Number(process.env.F2B_FUZZ_RUNS ?? 800);

const serverFile =
  '[Definition]\nloglevel = INFO\nlogtarget = STDOUT\nsyslogsocket = auto\nsocket = /run/f2b-fuzz.sock\npidfile = /run/f2b-fuzz.pid\n' +
  'dbfile = None\ndbpurgeage = 1d\nallowipv6 = auto\n';

/** Option names that filters, actions and jails of the random trees share, so that references hit often. */
const names = ['alpha', 'beta', 'gamma', 'mode', 'port', 'name'];
const name = fc.constantFrom(...names);

const word = fc.constantFrom(
  'x',
  'ab',
  '1',
  '22',
  '^a <HOST>$',
  '%%',
  '>> f',
  '<ip>',
  "it's",
  '"q"',
  'a;b',
  '#h',
  '\\s*',
  'é',
  '[z]',
  '=',
  ':',
);
const reference = fc.oneof(
  { weight: 6, arbitrary: name.map((n) => `%(${n})s`) },
  { weight: 6, arbitrary: name.map((n) => `<${n}>`) },
  { weight: 1, arbitrary: name.map((n) => `%(default/${n})s`) },
  { weight: 1, arbitrary: name.map((n) => `%(known/${n})s`) },
  { weight: 1, arbitrary: name.map((n) => `%(other/${n})s`) },
  { weight: 1, arbitrary: name.map((n) => `<other/${n}>`) },
  { weight: 1, arbitrary: name.map((n) => `<known/${n}>`) },
  { weight: 1, arbitrary: fc.tuple(name, name).map(([a, b]) => `<${a}-<${b}>>`) },
  { weight: 1, arbitrary: fc.constant('%(__name__)s') },
);
const piece = fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: reference });
const line = fc
  .array(piece, { maxLength: 3 })
  .chain((pieces) => fc.constantFrom('', ' ').map((gap) => pieces.join(gap)));
const continuation = fc.oneof(
  { weight: 5, arbitrary: line.map((text) => `   ${text}`) },
  { weight: 1, arbitrary: line.map((text) => `   # ${text}`) },
  { weight: 1, arbitrary: line.map((text) => `\t${text} ; remark`) },
  { weight: 1, arbitrary: fc.constant('') },
);
const value = fc
  .tuple(line, fc.array(continuation, { maxLength: 2 }))
  .map(([first, more]) => [first, ...more].join('\n'));
const delimiter = fc.constantFrom(' = ', '=', ': ', ' =  ');

function option(
  optionName: fc.Arbitrary<string>,
  optionValue: fc.Arbitrary<string> = value,
): fc.Arbitrary<[string, string]> {
  return fc.tuple(optionName, delimiter, optionValue).map(([n, d, v]) => [n.toLowerCase(), `${n}${d}${v}`]);
}

function section(title: string, options: fc.Arbitrary<[string, string]>, maxLength = 5): fc.Arbitrary<string> {
  return fc
    .uniqueArray(options, { maxLength, selector: ([key]) => key })
    .map((list) => `[${title}]\n${list.map(([, text]) => text).join('\n')}\n`);
}

function file(...sections: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc
    .tuple(...sections.map((one) => fc.option(one, { nil: '', freq: 3 })))
    .chain((texts) => fc.shuffledSubarray(texts, { minLength: texts.length }))
    .map((texts) => texts.join('# remark\n'));
}

const freeName = fc.constantFrom(...names, ...names.map((n) => n.toUpperCase()), 'alpha-x', 'alpha-1', 'beta-ab');
const filterName = fc.constantFrom(
  'failregex',
  'ignoreregex',
  'prefregex',
  'datepattern',
  'usedns',
  'journalmatch',
  'logtype',
);
const commandName = fc.constantFrom(
  'actionstart',
  'actionban',
  'actionunban',
  'actioncheck',
  'actionflush',
  'norestored',
  'actionstart_on_demand',
);
const number = fc.constantFrom('3', '10', 'x', '', '%(port)s');

const filterFile = file(
  section('DEFAULT', option(freeName), 3),
  section('Definition', fc.oneof(option(freeName), option(filterName), option(fc.constant('maxlines'), number)), 6),
  section('Init', fc.oneof(option(freeName), option(filterName)), 3),
  section('other', option(freeName), 3),
);
const actionFile = file(
  section('DEFAULT', option(freeName), 3),
  section('Definition', fc.oneof(option(freeName), option(commandName)), 6),
  section('Init', fc.oneof(option(freeName), option(fc.constantFrom('timeout', 'bantime'))), 4),
  section('Init?family=inet6', option(fc.constantFrom('beta', 'eta')), 2),
  section('other', option(freeName), 3),
);

const argumentValue = fc.oneof(
  fc.constantFrom('1', '"a, b"', "'c d'", '"<beta>"', '<alpha>', 'x y', '', '"%%(x)"', '"]"'),
  fc.constantFrom('%(port)s', '"%(mode)s"'),
);
const argument = fc.tuple(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('alpha', 'Gamma', 'mode', 'port', 'name', 'actname') },
    { weight: 1, arbitrary: filterName },
  ),
  argumentValue,
);
function spec(file: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(file, fc.array(argument, { maxLength: 3 }), fc.constantFrom(', ', ',', '][', ',\n      '))
    .map(([n, args, gap]) => (args.length === 0 ? n : `${n}[${args.map(([k, v]) => `${k}=${v}`).join(gap)}]`));
}
const filterSpec = spec(fc.constantFrom('f', 'f', 'f', 'g', 'g', 'missing'));
const actionList = fc
  .array(spec(fc.constantFrom('a', 'a', 'a', 'b', 'b', 'missing')), { maxLength: 2 })
  .map((list) => list.join('\n    '));

const jailOption = fc.oneof(
  { weight: 3, arbitrary: option(freeName) },
  { weight: 2, arbitrary: option(fc.constant('enabled'), fc.constantFrom('true', 'yes', 'false', '1', 'y')) },
  { weight: 2, arbitrary: option(fc.constant('filter'), filterSpec) },
  { weight: 2, arbitrary: option(fc.constant('action'), actionList) },
  { weight: 1, arbitrary: option(fc.constantFrom('maxretry', 'maxmatches', 'maxlines'), number) },
  { weight: 1, arbitrary: option(fc.constantFrom('failregex', 'ignoreregex', 'prefregex', 'usedns')) },
  {
    weight: 1,
    arbitrary: option(
      fc.constantFrom('findtime', 'bantime', 'bantime.factor', 'ignorecommand', 'ignorecache', 'logencoding'),
    ),
  },
  {
    weight: 1,
    arbitrary: option(fc.constantFrom('bantime.increment', 'ignoreself'), fc.constantFrom('yes', 'no', 'x')),
  },
  {
    weight: 1,
    arbitrary: option(
      fc.constant('ignoreip'),
      fc.constantFrom('', '127.0.0.1/8 ::1', '192.0.2.1, 192.0.2.2\n  192.0.2.3'),
    ),
  },
  {
    weight: 1,
    arbitrary: option(fc.constant('backend'), fc.constantFrom('auto', 'polling', 'systemd', 'systemd[journalflags=1]')),
  },
);
const baseJails = fc.constant(
  '[DEFAULT]\nbackend = auto\nenabled = true\nfilter = f\naction = a\nport = 0\nmode = normal\nalpha = A\nbeta = B\n',
);
const jailFile = file(section('DEFAULT', jailOption, 3), section('one', jailOption, 5), section('two', jailOption, 4));

/** Gives every name a value, so that most references lead somewhere. */
const everyName = ['DEFAULT', 'other']
  .map((title) => `[${title}]\n${names.map((n) => `${n} = ${title}-${n}\n`).join('')}`)
  .join('');

function including(body: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom('[INCLUDES]\nbefore = base.inc\n', '[INCLUDES]\nbefore = base.inc\n', ''), body)
    .map((parts) => parts.join(''));
}

const tree: fc.Arbitrary<Tree> = fc
  .record({
    'jail.conf': fc
      .tuple(baseJails, jailFile)
      .map(([base, more]) => `${base}${more.replace('[DEFAULT]\n', '[DEFAULT-unused]\n')}`),
    'jail.d/extra.conf': fc.option(jailFile, { nil: '', freq: 2 }),
    'jail.local': fc.option(jailFile, { nil: '', freq: 2 }),
    'filter.d/f.conf': fc
      .tuple(
        fc.constantFrom('[INCLUDES]\nbefore = base.inc\n   common.inc\n', '[INCLUDES]\nbefore = common.inc\n'),
        filterFile,
      )
      .map((parts) => parts.join('')),
    'filter.d/f.local': fc.option(filterFile, { nil: '', freq: 1 }),
    'filter.d/common.inc': filterFile,
    'filter.d/base.inc': fc.constant(everyName),
    'filter.d/g.conf': including(filterFile),
    'action.d/base.inc': fc.constant(everyName),
    'action.d/a.conf': including(actionFile),
    'action.d/a.d/more.conf': fc.option(actionFile, { nil: '', freq: 1 }),
    'action.d/b.conf': including(actionFile),
  })
  .map((files) => ({ 'fail2ban.conf': serverFile, ...files }));

/** Trees that once read otherwise, each with what was wrong. */
const found: readonly Tree[] = [
  // <known/name> leads to a text of an earlier layer, whose %(mode)s is not the later file's.
  {
    'fail2ban.conf': serverFile,
    'jail.conf': '[one]\nenabled = true\nfilter = f\n',
    'filter.d/f.conf':
      '[INCLUDES]\nbefore = common.inc\n[DEFAULT]\nname = %(mode)s\n[Definition]\nmode =\nfailregex = x<known/name>\n',
    'filter.d/common.inc': '[other]\n[DEFAULT]\nmode = <other/name>\n[Definition]\n',
  },
  {
    'fail2ban.conf': serverFile,
    'jail.conf': '[one]\nenabled = true\nfilter = f\n',
    'filter.d/f.conf':
      '[INCLUDES]\nbefore = common.inc\n[DEFAULT]\nname = %(mode)s\n[Definition]\nmode =\nfailregex = x<known/name>\n',
    'filter.d/common.inc': '[DEFAULT]\nmode = plain\n[Definition]\n',
  },
];

/** What f2b makes of a tree, in the oracle's terms. */
function read(directory: string): {
  settings: Settings | undefined;
  lines: readonly string[];
  refused: string | undefined;
} {
  try {
    const settings = readSettings({
      directory,
      allowMissingLogs: true,
      thorough: true,
      fail2banVersion: version ?? '',
    });
    const error = settings.findings.find(
      ({ severity, advice }) => severity === 'error' || advice.includes('fail2ban refuses the whole configuration'),
    );
    return { settings, lines: renderStream(settings), refused: error && `${error.code}: ${error.what}` };
  } catch (error) {
    if (error instanceof ConfigError) return { settings: undefined, lines: [], refused: error.message };
    throw error;
  }
}

/** Trees that f2b reads and fail2ban refuses, on purpose: docs/differences.md, by its headings. */
function improvement(files: Tree, error: string): string | undefined {
  const text = Object.values(files).join('\n');
  if (!/%\(known\/|<known\//.test(text)) return undefined;
  if (/must be followed by|bad interpolation variable/.test(error)) return 'known: the text of a filter is final';
  if (error.includes('Recursion limit')) return 'known: each file knows the layer below it';
  if (error.includes("in section 'KNOWN/")) return 'known: an earlier layer sees its whole section';
  return undefined;
}

describe.skipIf(!version)('random trees in the dialect (needs fail2ban installed)', () => {
  const { root, remove } = temporaryRoot();
  let oracle: Fail2banOracle;
  beforeAll(() => {
    oracle = new Fail2banOracle();
  });
  afterAll(() => {
    oracle?.close();
    remove();
  });

  it('read the same through f2b and through fail2ban, or are an error to both', { timeout: 600_000 }, async () => {
    let equal = 0;
    let bothRefused = 0;
    let improved = 0;
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const directory = writeTree(files, root);
        const theirs = await oracle.ask(directory);
        const ours = read(directory);
        if (theirs.stream === undefined && ours.refused === undefined) {
          const reason = improvement(files, theirs.error ?? '');
          expect(reason, `fail2ban refused with ${theirs.error}`).toBeDefined();
          improved++;
        } else if (theirs.stream === undefined) {
          bothRefused++;
        } else {
          expect(ours.lines).toEqual(theirs.stream);
          equal++;
        }
        rmSync(directory, { recursive: true, force: true });
      }),
      { numRuns: runs, examples: found.map((files) => [files]) },
    );
    console.log(
      `${runs} random trees: ${equal} equal, ${bothRefused} refused by both, ${improved} read by f2b only (docs/differences.md)`,
    );
    expect(equal).toBeGreaterThan(runs / 10);
  });
});
