import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { rooms } = createRequire(import.meta.url)('../../.dependency-cruiser.rooms.cjs') as {
  rooms: Record<string, string[]>;
};

/** A copy of all sources with its own rules, in which imports may be planted. */
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'f2b-layering-'));
  const kept = (file: string) => !/\/(node_modules|dist|bundle|assembly)(\/|$)|tsbuildinfo$/.test(file);
  for (const directory of ['packages', 'test']) {
    cpSync(join(root, directory), join(copy, directory), { recursive: true, filter: kept });
  }
  for (const file of readdirSync(root).filter((name) => name.startsWith('.dependency-cruiser'))) {
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** What `npm run layering` says of the copy's sources, a sentence for each forbidden import. */
async function forbidden(): Promise<string[]> {
  const words = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages'];
  const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [depcruise, ...words], {
    cwd: copy,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return summary.violations
    .filter(({ rule }) => rule.name !== 'no-cycles')
    .map(({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`)
    .sort();
}

/** A room of the copy: its file that holds planted imports, made if it is not there, and how others import it. */
function roomOf(name: string, room: string): { file: string; imported: string } {
  const alone = `packages/${name}/src/${room}.ts`;
  const file = existsSync(join(copy, alone)) ? alone : `packages/${name}/src/${room}/planted.ts`;
  return { file, imported: file.replace(/\.ts$/, '.js') };
}

/** Lets a file of the copy import another, both named from the copy's root; makes the file if it is not there. */
function plant(file: string, imported: string): void {
  const path = join(copy, file);
  mkdirSync(dirname(path), { recursive: true });
  const words = relative(dirname(path), join(copy, imported));
  appendFileSync(path, `\nimport '${words.startsWith('.') ? words : `./${words}`}';\n`);
}

/** Each room with the one above it. */
const neighbours = Object.entries(rooms).flatMap(([name, order]) =>
  order.slice(1).map((above, floor) => ({ name, above, below: order[floor]! })),
);

describe('the layering check', () => {
  it('knows rooms that exist, and forbids nothing that the sources do', async () => {
    const places = Object.entries(rooms).flatMap(([name, order]) =>
      order.map((room) => `packages/${name}/src/${room}`),
    );
    expect(places.filter((place) => !existsSync(join(copy, place)) && !existsSync(join(copy, `${place}.ts`)))).toEqual(
      [],
    );
    expect(await forbidden()).toEqual([]);
  });

  it('finds an import of the room above in every room, an import of a test, and a room without a place', async () => {
    const expected = neighbours.map(({ name, above, below }) => {
      const from = roomOf(name, below).file;
      const to = roomOf(name, above);
      plant(from, to.imported);
      appendFileSync(join(copy, to.file), '');
      return `${name}-${below.replace('/', '-')}-imports-what-is-below: ${from} imports ${to.file}`;
    });
    writeFileSync(join(copy, 'packages/core/src/planted.test.ts'), '');
    plant('packages/core/src/index.ts', 'packages/core/src/planted.test.js');
    writeFileSync(join(copy, 'packages/core/src/utils.ts'), '');
    plant('packages/core/src/index.ts', 'packages/core/src/utils.js');
    expect(await forbidden()).toEqual(
      [
        ...expected,
        'core-rooms-have-a-place: packages/core/src/index.ts imports packages/core/src/utils.ts',
        'only-tests-import-tests: packages/core/src/index.ts imports packages/core/src/planted.test.ts',
      ].sort(),
    );
  });
});
