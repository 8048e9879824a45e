import type { Bytes, Seconds } from '@f2b/config';
import {
  BlockScanner,
  type CompiledFilter,
  newMultilineState,
  planScan,
  scanLinesInOrder,
  unpackResult,
} from '@f2b/matcher';
import * as single from '@f2b/matcher/stages';
import { type Asked, type Recording, recordingOf } from './recording.js';
import type { Dissection, ExpressionCost, Stages } from './result.js';
import { SampleReader } from './sample.js';
import { median } from './statistics.js';

/** Enough for steady figures, little enough for the notes of what each expression was asked. */
const sampleBytes: Bytes = 16 * 1024 * 1024;
/** A pass is repeated until it took this long: a few hundred lines are over before a clock has ticked. */
const leastSeconds: Seconds = 0.01;
const passes = 3;
/** Lines on which each expression is tried without the help of literals. */
const aloneLines = 2000;

/**
 * Takes a filter apart on a sample of the log, on one thread: passes over the same lines that end after reading, after the search for
 * literals, after everything; and each expression again on just the texts that the scan tried it on. Nothing is timed within another
 * measurement, so that no clock disturbs what it measures.
 */
export function dissect(filter: CompiledFilter, log: string, hitsOf: readonly number[]): Dissection {
  const reader = new SampleReader(log, sampleBytes);
  try {
    return new Dissector(filter, reader, hitsOf, reader.few()).dissect();
  } finally {
    reader.close();
  }
}

class Dissector {
  readonly #now = Date.now();

  constructor(
    readonly filter: CompiledFilter,
    readonly reader: SampleReader,
    readonly hitsOf: readonly number[],
    readonly few: Uint8Array,
  ) {}

  dissect(): Dissection {
    const { filter, reader } = this;
    const scan = this.#scan(filter);
    const recording = recordingOf(filter);
    const note = this.#scan(recording.filter);
    const every: string[] = [];
    let bytes = 0;
    let lines = 0;
    reader.read((block) => {
      bytes += block.length;
      lines += note(block);
      if (every.length < aloneLines * 4) every.push(...firstLines(block, 400, filter));
    });
    const read = secondsOf(() => reader.read(() => {}));
    const byLiterals = this.#literals();
    const whole = secondsOf(() => reader.read(scan));
    const dates = this.#dates(recording);
    const costs = recording.asked.map((asked) => ({
      asked,
      no: trySeconds(asked, 'refused'),
      yes: trySeconds(asked, 'matched'),
    }));
    const gate = sum(costs.map(({ no }) => no));
    const captures = sum(costs.map(({ yes }) => yes));
    const literals = Math.max(0, byLiterals.seconds - read);
    const rest = Math.max(0, whole - read - literals - dates - gate - captures);
    const stages: Stages = { read, literals, dates, gate, captures, rest };
    const alone = this.#alone(every);
    return {
      sampleBytes: bytes,
      sampleLines: lines,
      candidates: byLiterals.candidates ?? lines,
      whole,
      stages,
      expressions: costs.map(({ asked, no, yes }) => this.#cost(asked, no + yes, totalOf(stages), alone)),
    };
  }

  /** The whole scan of a block, as a worker does it. @returns lines */
  #scan(filter: CompiledFilter): (bytes: Uint8Array) => number {
    const context = { now: this.#now };
    if (filter.maxlines === 1) {
      const scanner = new BlockScanner([filter], { plan: planScan([filter], this.few) });
      return (bytes) => unpackResult(scanner.scan(bytes, context)).lines;
    }
    const state = newMultilineState(filter, context.now);
    return (bytes) => scanLinesInOrder(filter, state, bytes, context).lines;
  }

  #literals(): { seconds: Seconds; candidates: number | undefined } {
    const { filter, reader } = this;
    // Where lines are kept, or are wider than bytes, nothing looks for literals in blocks.
    if (filter.maxlines > 1 || filter.encoding.unit !== 1) return { seconds: 0, candidates: undefined };
    const find = single.literalStage(filter, this.few);
    let candidates = 0;
    reader.read((block) => {
      candidates += find(block).candidates;
    });
    return { seconds: secondsOf(() => reader.read(find)), candidates };
  }

  #dates({ dated }: Recording): Seconds {
    const { dating } = this.filter;
    return secondsOf(() => {
      const ranking = dating.newRanking(this.#now);
      for (const line of dated) dating.cut(line, ranking);
    });
  }

  /** Microseconds a line of each expression, tried on every line that reaches it; in the order of the recording. */
  #alone(lines: readonly string[]): (asked: Asked) => number | undefined {
    const { filter } = this;
    const ranking = filter.dating.newRanking(this.#now);
    const texts = lines.slice(0, aloneLines).map((line) => {
      const { tuple } = filter.dating.cut(line, ranking);
      return `${tuple[0]}${tuple[2]}\n`;
    });
    // Most lines of a log do not pass prefregex; what does is what the others see.
    const contents = filter.prefregex === undefined ? texts : contentsOf(filter, texts);
    return ({ option, expression }) => {
      const subjects = option === 'prefregex' ? texts : contents;
      if (subjects.length === 0) return undefined;
      return (secondsOf(() => tryAll(expression, subjects, false)) / subjects.length) * 1e6;
    };
  }

  #cost(asked: Asked, seconds: Seconds, whole: Seconds, alone: (asked: Asked) => number | undefined): ExpressionCost {
    const { option, index, expression, refused, matched } = asked;
    const { regex, setting } = expression;
    const tried = refused.length + matched.length;
    return {
      option,
      index,
      source: setting.source,
      engine: regex.engine,
      compiled: regex.compiled,
      why: regex.why,
      literals: option === 'failregex' ? single.literalsOf(this.filter, index, this.few) : regex.literals?.alternatives,
      anchored: single.isAnchoredAtStart(regex),
      hits: option === 'failregex' ? this.hitsOf[index] : undefined,
      tried,
      share: whole === 0 ? 0 : seconds / whole,
      microsecondsPerTry: tried === 0 ? undefined : (seconds / tried) * 1e6,
      microsecondsPerLine: alone(asked),
    };
  }
}

function contentsOf({ prefregex }: CompiledFilter, texts: readonly string[]): string[] {
  const { regex } = prefregex!;
  const at = regex.groupNames.indexOf('content');
  return texts.flatMap((text) => {
    const found = safely(() => regex.exec(text));
    if (!found) return [];
    const content = at < 0 ? undefined : found.group(at);
    return [content === undefined || content === '' ? text : `${content}\n`];
  });
}

function* splitLines(block: Buffer, most: number): Generator<Buffer> {
  for (let at = 0, count = 0; at < block.length && count < most; count++) {
    const end = block.indexOf(0x0a, at);
    yield block.subarray(at, end < 0 ? block.length : end);
    at = end < 0 ? block.length : end + 1;
  }
}

function firstLines(block: Buffer, most: number, { encoding }: CompiledFilter): string[] {
  return Array.from(splitLines(block, most), (line) => encoding.decode(line));
}

function trySeconds({ expression, ...asked }: Asked, which: 'refused' | 'matched'): Seconds {
  const subjects = asked[which];
  return subjects.length === 0 ? 0 : secondsOf(() => tryAll(expression, subjects, true));
}

/** @param literalsFirst ask, as the scan does, whether the literals are there before asking the engine */
function tryAll({ regex, mayMatch }: Asked['expression'], subjects: readonly string[], literalsFirst: boolean): void {
  for (const subject of subjects) if (!literalsFirst || mayMatch(subject)) safely(() => regex.exec(subject));
}

/** A step budget that runs out is a refusal of that line, and has its cost like any other. */
function safely<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'F2B_REGEX_BUDGET') throw error;
    return undefined;
  }
}

/** Seconds that `run` takes once it is warm: the median of several passes, each of them long enough for the clock. */
function secondsOf(run: () => void): Seconds {
  run();
  const times: number[] = [];
  while (times.length < passes) {
    const began = performance.now();
    let runs = 0;
    let seconds = 0;
    do {
      run();
      runs++;
      seconds = (performance.now() - began) / 1000;
    } while (seconds < leastSeconds);
    times.push(seconds / runs);
  }
  return median(times);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

/** All stages together. */
export function totalOf(stages: Stages): Seconds {
  return sum(Object.values(stages));
}
