/** The front door: a Python expression in, a regex with the engine it deserves out. */
import { type ParseOptions, parse } from '../dialect/parser.js';
import type { Expression } from '../dialect/tree.js';
import { isBudgeted } from './budget.js';
import { compile } from './compile.js';
import { type CompiledSearch, compileSearch, GAVE_UP } from './compiled/compiled.js';
import type { EngineName, Furthest, Regex, RegexMatch, StepCounter } from './engine.js';
import { ExactMatcher } from './exact.js';
import { isAnchored } from './first.js';
import { requiredLiterals } from './literals.js';
import type { Program } from './program.js';
import { Re2Captures, Re2Gate } from './re2-engine.js';
import { asciiSource, gateSource } from './re2-source.js';
import { reduce } from './reduce.js';

/**
 * Compiles a Python expression (tags already expanded). No expression that Python takes is refused: what RE2 cannot say exactly gets a
 * gate and the exact matcher.
 * @throws RegexSyntaxError (`F2B_REGEX_SYNTAX`) where Python would refuse it.
 */
export function compileRegex(source: string, options: ParseOptions = {}): CompiledRegex {
  return new CompiledRegex(parse(source, options));
}

const ASCII_ONLY = /^[\0-\x7f]*$/;

/** An expression with its engines: RE2 judges, and the cheapest engine that is linear on the subject finds the groups. */
export class CompiledRegex implements Regex {
  readonly source: string;
  readonly engine: EngineName;
  readonly why: string;
  readonly groupCount: number;
  readonly groupNames: readonly (string | undefined)[];
  readonly literals: Regex['literals'];
  readonly #reduced: Expression;
  readonly #anchored: boolean;
  readonly #ascii: Re2Captures;
  readonly #asciiGate: Re2Gate;
  readonly #offsets: Int32Array;
  // Built when first needed: most expressions of a host never see a line that they could match.
  #gate: Re2Gate | undefined;
  #program: Program | undefined;
  #matcher: ExactMatcher | undefined;
  #compiled: CompiledSearch | null | undefined;

  constructor(readonly expression: Expression) {
    const reduced = reduce(expression);
    this.source = expression.source;
    this.groupCount = expression.groupCount;
    this.groupNames = expression.groupNames;
    this.literals = requiredLiterals(expression);
    const ascii = asciiSource(reduced);
    this.#ascii = new Re2Captures(ascii);
    this.#asciiGate = new Re2Gate(ascii.source);
    this.#reduced = reduced;
    this.#anchored = isAnchored(reduced.root);
    this.#offsets = new Int32Array(2 * (this.groupCount + 1));
    this.engine = isBudgeted(reduced) ? 'budgeted' : ascii.inexact === undefined ? 're2' : 'gate+exact';
    this.why = ascii.inexact === undefined ? 'RE2 says exactly the same' : `${ascii.inexact} is beyond RE2`;
  }

  /** RE2 source that accepts at least every subject that the expression matches, whatever its characters. */
  get gateSource(): string {
    return this.#relaxed().source;
  }

  exec(subject: string, counter?: StepCounter): RegexMatch | null {
    if (counter) return this.#execExactly(subject, counter);
    // An anchored search fails at the first wrong character, sooner than RE2 can be asked.
    if (!this.#anchored && this.#refuses(subject)) return null;
    const offsets = this.#offsets;
    const found = this.#compiledSearch()?.(subject, offsets) ?? GAVE_UP;
    if (found !== GAVE_UP) return found < 0 ? null : new Match(subject, offsets);
    if (this.#anchored && this.#refuses(subject)) return null;
    if (this.engine === 're2' && subject !== '' && ASCII_ONLY.test(subject)) {
      const captured = this.#ascii.exec(subject, offsets);
      if (captured !== undefined) return captured ? new Match(subject, offsets) : null;
    }
    return this.#execExactly(subject);
  }

  test(subject: string): boolean {
    if (this.engine === 're2' && subject !== '' && ASCII_ONLY.test(subject)) {
      const judged = this.#asciiGate.test(subject);
      if (judged !== undefined) return judged;
    }
    return this.exec(subject) !== null;
  }

  /** How far into the subject the expression could get, and which piece of it (source offsets) stopped it there. */
  furthest(subject: string): Furthest {
    const matcher = this.#exact();
    matcher.search(subject);
    const { at, pc } = matcher.furthest;
    return { at: Math.max(at, 0), from: this.#program!.spanFrom[pc]!, to: this.#program!.spanTo[pc]! };
  }

  /** RE2's relaxed word: a no is final. */
  #refuses(subject: string): boolean {
    return this.#relaxed().test(subject) === false;
  }

  #compiledSearch(): CompiledSearch | undefined {
    if (this.#compiled === undefined) this.#compiled = compileSearch(this.#reduced) ?? null;
    return this.#compiled ?? undefined;
  }

  #relaxed(): Re2Gate {
    this.#gate ??= new Re2Gate(gateSource(this.#reduced));
    return this.#gate;
  }

  #exact(): ExactMatcher {
    this.#program ??= compile(this.#reduced);
    this.#matcher ??= new ExactMatcher(this.#program);
    return this.#matcher;
  }

  #execExactly(subject: string, counter?: StepCounter): RegexMatch | null {
    const matcher = this.#exact();
    return matcher.search(subject, counter) ? new Match(subject, matcher.marks) : null;
  }
}

class Match implements RegexMatch {
  constructor(
    readonly subject: string,
    readonly offsets: Int32Array,
  ) {}

  get start(): number {
    return this.offsets[0]!;
  }

  get end(): number {
    return this.offsets[1]!;
  }

  group(index: number): string | undefined {
    const start = this.offsets[2 * index]!;
    const end = this.offsets[2 * index + 1]!;
    return start < 0 || end < 0 ? undefined : this.subject.slice(start, end);
  }
}
