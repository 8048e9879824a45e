import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Block, FilePlace } from '../source.js';
import { realFiles } from './files.js';
import { LogFile } from './log-file.js';

/**
 * The log as an ideal reader sees it: each file that had the name gives its complete lines in order, a truncation loses
 * what nobody had read yet, an unfinished line waits.
 */
interface Model {
  /** Unread text per file, in the order in which the files had the name; the last one has it now. */
  files: string[];
  /** The file that has the name now has been seen there. */
  seen: boolean;
  exists: boolean;
  /** A file had the name for so short a time that nobody saw it. Two of them could be made in one tick of the clock. */
  missed: boolean;
  /** The file before the last one can still be written to, and is still read. */
  late: boolean;
  expected: string[];
}

interface Real {
  readonly directory: string;
  log: LogFile;
  now: number;
  rotations: number;
  counter: number;
  readonly lines: string[];
  lastName: string;
}

const root = mkdtempSync(join(tmpdir(), 'f2b-tail-model-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Small limits, so that small files reach every branch: ranges, inline reads, several blocks. */
const limits = { blockBytes: 96, inlineBytes: 40, maxLineBytes: 90 };

function openLog(path: string, resume?: FilePlace): LogFile {
  return new LogFile({
    path,
    files: realFiles,
    limits,
    lateWrites: 30_000,
    start: () => 0,
    resume,
    tell() {},
  });
}

function textOf(block: Block): string {
  if (block.bytes !== undefined) return block.bytes.toString();
  const buffer = Buffer.alloc(block.end - block.start);
  realFiles.read(block.fd, buffer, block.start);
  return buffer.toString();
}

const pathOf = (real: Real) => join(real.directory, 'log');

const lastLine = (model: Readonly<Model>) => (model.files.at(-1) ?? '').split('\n').at(-1);

class Write implements fc.Command<Model, Real> {
  constructor(
    readonly count: number,
    readonly tail: boolean,
    readonly chunk: number,
  ) {}
  // Lines that are too long are another test's matter.
  check = (model: Readonly<Model>) =>
    model.exists && /[^\n]{0,20}$/.exec(model.files.at(-1) ?? '')?.[0] === lastLine(model);
  run(model: Model, real: Real): void {
    let text = '';
    for (let i = 0; i < this.count; i++) text += `${real.counter++} line ${'x'.repeat(i * 7)}\n`;
    if (this.tail) text += `${real.counter++} unfinished `;
    for (let at = 0; at < text.length; at += this.chunk) appendFileSync(pathOf(real), text.slice(at, at + this.chunk));
    model.files[model.files.length - 1] += text;
  }
  toString = () => `write(${this.count}, ${this.tail})`;
}

class LateWrite implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>) => model.late && model.exists && model.seen;
  run(model: Model, real: Real): void {
    const text = `${real.counter++} late\n`;
    appendFileSync(real.lastName, text);
    model.files[model.files.length - 2] += text;
  }
  toString = () => 'lateWrite';
}

/** Takes the name away and gives it to a new file; the four ways differ in how. */
class Rotate implements fc.Command<Model, Real> {
  constructor(readonly how: 'rename' | 'replace' | 'symlink' | 'rename only') {}
  // Missed files are looked for when the next one has the name; so there must be a next one.
  check = (model: Readonly<Model>) => model.exists && !model.missed && (model.seen || this.how !== 'rename only');
  run(model: Model, real: Real): void {
    model.missed = !model.seen;
    const path = pathOf(real);
    const old = join(real.directory, `log.${real.rotations++}`);
    renameSync(path, old);
    real.lastName = old;
    model.late = true;
    if (this.how === 'rename only') {
      model.exists = false;
      return;
    }
    if (this.how === 'rename') writeFileSync(path, '');
    if (this.how === 'replace') {
      writeFileSync(`${path}-new`, '');
      renameSync(`${path}-new`, path);
    }
    if (this.how === 'symlink') {
      const target = join(real.directory, `target.${real.rotations}`);
      writeFileSync(target, '');
      symlinkSync(target, path);
    }
    model.files.push('');
    model.seen = false;
  }
  toString = () => `rotate(${this.how})`;
}

class Create implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>) => !model.exists;
  run(model: Model, real: Real): void {
    writeFileSync(pathOf(real), '');
    model.exists = true;
    model.files.push('');
    model.seen = false;
  }
  toString = () => 'create';
}

class Delete implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>) => model.exists && model.seen;
  run(model: Model, real: Real): void {
    unlinkSync(pathOf(real));
    model.late = false;
    model.exists = false;
    // The descriptor still reads what was written before.
  }
  toString = () => 'delete';
}

/** Empties the file in place, and perhaps fills it past the old size before anybody looks. */
class Truncate implements fc.Command<Model, Real> {
  constructor(readonly refill: number) {}
  check = (model: Readonly<Model>) => model.exists && model.seen;
  run(model: Model, real: Real): void {
    truncateSync(pathOf(real), 0);
    let text = '';
    for (let i = 0; i < this.refill; i++) text += `${real.counter++} after truncation\n`;
    appendFileSync(pathOf(real), text);
    model.files[model.files.length - 1] = text;
  }
  toString = () => `truncate(${this.refill})`;
}

class Read implements fc.Command<Model, Real> {
  check = () => true;
  run(model: Model, real: Real): void {
    readAll(real);
    model.files = model.files.map((text) => {
      const end = text.lastIndexOf('\n') + 1;
      model.expected.push(...text.slice(0, end).split('\n').slice(0, -1));
      return text.slice(end);
    });
    if (model.exists) model.seen = true;
    model.missed = false;
    expect(real.lines).toEqual(model.expected);
  }
  toString = () => 'read';
}

/** A new process that knows only the stored position. Late writes to files before the last are out of its reach. */
class Restart implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>) =>
    model.seen && model.exists && model.files.slice(0, -1).every((text) => text === '');
  run(model: Model, real: Real): void {
    const position = real.log.place();
    real.log.close();
    real.log = openLog(pathOf(real), position);
    real.log.check(real.now);
    model.late = false;
  }
  toString = () => 'restart';
}

function readAll(real: Real): void {
  real.now += 1000;
  real.log.check(real.now);
  for (let block = real.log.next(); block !== undefined; block = real.log.next()) {
    if (block === 'again') continue;
    real.lines.push(...textOf(block).split('\n').slice(0, -1));
    block.settled();
  }
  // A second look finds what a check in the middle of a change left for later.
  real.log.check(real.now);
}

it('whatever happens to a log, an ideal reader and ours see the same lines, once and in order', () => {
  const commands = [
    fc.tuple(fc.nat(5), fc.boolean(), fc.integer({ min: 1, max: 60 })).map((args) => new Write(...args)),
    fc.tuple(fc.nat(5), fc.boolean(), fc.integer({ min: 1, max: 60 })).map((args) => new Write(...args)),
    fc.constant(new LateWrite()),
    fc.constantFrom('rename', 'replace', 'symlink', 'rename only').map((how) => new Rotate(how as Rotate['how'])),
    fc.constant(new Create()),
    fc.constant(new Delete()),
    fc.nat(6).map((refill) => new Truncate(refill)),
    fc.constant(new Read()),
    fc.constant(new Read()),
    fc.constant(new Restart()),
  ];
  let run = 0;
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 40 }), (generated) => {
      const directory = mkdtempSync(join(root, `${run++}-`));
      writeFileSync(join(directory, 'log'), '');
      const real: Real = {
        directory,
        log: openLog(join(directory, 'log')),
        now: 0,
        rotations: 0,
        counter: 0,
        lines: [],
        lastName: '',
      };
      const model: Model = { files: [''], seen: false, exists: true, missed: false, late: false, expected: [] };
      try {
        new Read().run(model, real);
        fc.modelRun(() => ({ model, real }), generated);
        new Read().run(model, real);
      } finally {
        real.log.close();
        rmSync(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: 300 },
  );
});
