import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from '../packages/matcher/src/dialect/parser.js';
import { expandTags } from '../packages/matcher/src/dialect/tags.js';
import { type AlternateNode, contains, type Node } from '../packages/matcher/src/dialect/tree.js';
import { compileRegex } from '../packages/matcher/src/engines/regex.js';
import { necessary, otherEngines, ours, same } from './all-engines.js';
import { Python } from './python-re.js';
import { debianPython, reasonToSkip } from './requirements.js';

const stockTree = '/etc/fail2ban';
/** Lines per expression; `F2B_PAIRS` asks for a longer run. */
const linesEach = Math.ceil(Number(process.env.F2B_PAIRS ?? 8_000) / 300);

interface Stock {
  readonly jail: string;
  readonly source: string;
  readonly multiline: boolean;
}

/** Every expression of every stock filter in every mode, as the installed fail2ban reads them (nothing of it is kept here). */
function stockExpressions(): Stock[] {
  const copy = mkdtempSync(join(tmpdir(), 'f2b-stock-'));
  try {
    cpSync(stockTree, copy, { recursive: true });
    for (const name of readdirSync(join(copy, 'jail.d'))) rmSync(join(copy, 'jail.d', name));
    writeFileSync(join(copy, 'jail.d', 'all.conf'), jailsForAllFilters(join(copy, 'filter.d')));
    const dump = spawnSync('fail2ban-client', ['-c', copy, '-d'], { encoding: 'utf8', maxBuffer: 1 << 26 });
    const literal =
      'import ast, json, sys\nfor line in sys.stdin:\n  if line[:1] == "[": print(json.dumps(ast.literal_eval(line)))';
    const json = spawnSync(debianPython, ['-c', literal], { input: dump.stdout, encoding: 'utf8', maxBuffer: 1 << 26 });
    return expressionsIn(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown[]),
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function jailsForAllFilters(folder: string): string {
  const jails: string[] = [];
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.conf') || file.includes('common')) continue;
    const name = basename(file, '.conf');
    const modes = readFileSync(join(folder, file), 'utf8').includes('mode')
      ? ['aggressive', 'ddos', 'extra', 'rbl']
      : [];
    for (const filter of [name, ...modes.map((mode) => `${name}[mode=${mode}]`)]) {
      jails.push(
        `[j${jails.length}]\nenabled = true\nbackend = polling\nfilter = ${filter}\nlogpath = /dev/null\naction =\n`,
      );
    }
  }
  return jails.join('\n');
}

function expressionsIn(commands: readonly (readonly unknown[])[]): Stock[] {
  const multiline = new Set(
    commands.filter(([, , name, value]) => name === 'maxlines' && Number(value) > 1).map(([, jail]) => jail as string),
  );
  const found = new Map<string, Stock>();
  for (const [, jail, name, value] of commands) {
    if (!['addfailregex', 'addignoreregex', 'prefregex'].includes(name as string)) continue;
    for (const written of Array.isArray(value) ? (value as string[]) : [value as string]) {
      if (written === '') continue;
      const lines = name === 'addfailregex' && multiline.has(jail as string);
      const source = expandTags(written);
      found.set(`${source}${lines}`, { jail: jail as string, source, multiline: lines });
    }
  }
  return [...found.values()];
}

type Random = (below: number) => number;

/** A loop to go round until the text is so long. */
interface Pump {
  readonly loop: Node;
  readonly size: number;
}

function branchOf(node: AlternateNode, random: Random, pump: Pump | undefined): Node {
  const onTheWay = pump && node.branches.find((branch) => contains(branch, (inner) => inner === pump.loop));
  return onTheWay ?? node.branches[random(node.branches.length)]!;
}

function unboundedLoops(root: Node): Node[] {
  const loops: Node[] = [];
  contains(root, (node) => {
    if (node.kind === 'repeat' && node.max === Number.POSITIVE_INFINITY) loops.push(node);
    return false;
  });
  return loops;
}

/** Numbers that look random and are the same each time. */
function seeded(seed: number): Random {
  let state = seed + 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

/** A text that goes the way of the tree, lookarounds and conditions aside: a line that nearly or fully matches. */
function sample(node: Node, random: Random, pump?: Pump): string {
  switch (node.kind) {
    case 'char': {
      const { ranges } = node.set;
      const ascii = Array.from({ length: 96 }, (_, i) => i + 31)
        .filter((c) => c === 32 || c > 32)
        .filter((c) => member(ranges, c));
      if (ascii.length > 0 && random(20) > 0) return String.fromCharCode(ascii[random(ascii.length)]!);
      const at = 2 * random(ranges.length / 2);
      return ranges.length === 0 ? '' : String.fromCodePoint(ranges[at]!);
    }
    case 'concat':
      return node.items.map((item) => sample(item, random, pump)).join('');
    case 'alternate':
      return sample(branchOf(node, random, pump), random, pump);
    case 'group':
    case 'atomic':
      return sample(node.body, random, pump);
    case 'repeat': {
      if (node === pump?.loop) {
        const piece = sample(node.body, random) || ' ';
        return piece.repeat(pump.size / piece.length);
      }
      const most = Math.min(node.max, node.min + 6);
      if (pump && contains(node, (inner) => inner === pump.loop)) return sample(node.body, random, pump);
      const times = node.min + random(most - node.min + 1);
      return Array.from({ length: times }, () => sample(node.body, random, pump)).join('');
    }
    case 'conditional':
      return sample(random(2) ? node.yes : node.no, random, pump);
    default:
      return '';
  }
}

function member(ranges: readonly number[], codePoint: number): boolean {
  return ranges.some((lo, i) => i % 2 === 0 && lo <= codePoint && codePoint <= ranges[i + 1]!);
}

const intrusions = [
  ' from ',
  '203.0.113.9',
  ': ',
  '"',
  "'",
  ']',
  '[',
  ',',
  ' ',
  'é',
  '\x1c',
  '😀',
  'root',
  '::1',
  '=',
  '\\',
  '',
];

function mutated(line: string, random: Random): string {
  let text = line;
  for (let changes = random(3); changes > 0; changes--) {
    const at = random(text.length + 1);
    const end = Math.min(text.length, at + random(4));
    text = text.slice(0, at) + intrusions[random(intrusions.length)] + text.slice(end);
  }
  return text;
}

const skip =
  reasonToSkip(debianPython, 'fail2ban-client') ?? (existsSync(stockTree) ? undefined : `needs ${stockTree}`);

describe.skipIf(skip !== undefined)("the stock filters' expressions", () => {
  let python: Python;
  let stock: Stock[];
  beforeAll(() => {
    python = new Python();
    stock = stockExpressions();
  });
  afterAll(() => python?.end());

  it('all compile, and few need more than RE2', () => {
    const engines: Record<string, number> = {};
    for (const { source, multiline } of stock) {
      const { engine } = compileRegex(source, { multiline });
      engines[engine] = (engines[engine] ?? 0) + 1;
    }
    console.info(`${stock.length} stock expressions by engine`, engines);
    expect(stock.length).toBeGreaterThan(200);
    expect(engines.re2! / stock.length).toBeGreaterThan(0.85);
  });

  it('match and capture on generated lines what Python does', { timeout: 600_000 }, async () => {
    let pairs = 0;
    let hits = 0;
    for (const { source, multiline } of stock) {
      const { root } = parse(source, { multiline });
      const lines = fc.sample(fc.nat(), linesEach).map((seed) => {
        const random = seeded(seed);
        return `${mutated(sample(root, random), random)}\n`;
      });
      const asked = { source, multiline, ignoreCase: false, lines };
      const theirs = await python.ask(asked);
      const found = ours(asked);
      if ('error' in theirs || 'error' in found) throw new Error(JSON.stringify([source, theirs, found]));
      const engines = otherEngines(asked);
      const broken = necessary(asked);
      for (const [i, text] of lines.entries()) {
        const expected = theirs.matches[i];
        if (expected === 'slow') continue;
        pairs++;
        if (expected) hits++;
        same(found.matches[i], expected, { source, text });
        for (const [name, exec] of engines) {
          const offsets = exec(text);
          if (offsets !== undefined)
            expect({ source, name, text, offsets }).toEqual({ source, name, text, offsets: expected });
        }
        if (expected) same(broken(text), [], { source, text });
      }
    }
    console.info(`${pairs} pairs of stock expression and line tried, ${hits} of them matches`);
  });

  it('cost no more per character on long lines than on short ones, where there is no back-reference', {
    timeout: 600_000,
  }, () => {
    let worst = { perCharacter: 0, source: '' };
    for (const { source, multiline } of stock) {
      const regex = compileRegex(source, { multiline });
      if (regex.engine === 'budgeted') continue;
      for (const [i, loop] of unboundedLoops(regex.expression.root).entries()) {
        if (i % 12 !== 0 && !process.env.F2B_PAIRS) continue;
        const [short, long] = [1024, 16_384].map((size) => {
          // What follows the loop is left out, so that nothing is found, and everything is tried.
          const line = `${sample(regex.expression.root, seeded(i), { loop, size }).slice(0, size)}\x01\n`;
          const counter = { steps: 0 };
          regex.exec(line, counter);
          return counter.steps / line.length;
        }) as [number, number];
        if (long > worst.perCharacter) worst = { perCharacter: long, source };
        expect({ source, grows: long > 2 * short + 4 }).toEqual({ source, grows: false });
      }
    }
    console.info(`at most ${worst.perCharacter.toFixed(1)} steps per character, for ${worst.source}`);
  });
});
