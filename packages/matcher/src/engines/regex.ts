/** The front door: a Python expression in, a regex with the engine it deserves out. */

import { type ParseOptions, parse } from '../dialect/parser.js';
import type { Expression } from '../dialect/tree.js';
import { ordinaryBytes } from '../memory-layout.js';
import { isBudgeted } from './budget.js';
import { compile } from './compile.js';
import type { EngineName, Furthest, Regex, RegexMatch, StepCounter } from './engine.js';
import { ExactMatcher } from './exact.js';
import { isAnchored, isLineAnchored } from './first.js';
import type { Program } from './program.js';
import { Re2Captures, Re2Gate } from './re2-engine.js';
import { asciiSource, gateSource } from './re2-source.js';
import { reduce } from './reduce.js';
import { requiredLiterals } from './required-literals.js';
import { gaveUp } from './wasm/frame.js';
import { compileSearch, type TextSearch } from './wasm/text-search.js';

/**
 * Compiles a Python expression (tags already expanded). No expression that Python takes is refused: what RE2 cannot say exactly gets a
 * gate and the exact matcher.
 * @throws RegexSyntaxError (`F2B_REGEX_SYNTAX`) where Python would refuse it.
 */
export function compileRegex(source: string, options: ParseOptions = {}): CompiledRegex {
  return new CompiledRegex(parse(source, options));
}

const asciiOnly = /^[\0-\x7f]*$/;

/** An expression with its engines: the compiled search, and those that answer where it does not. */
export class CompiledRegex implements Regex {
  readonly source: string;
  readonly groupCount: number;
  readonly groupNames: readonly (string | undefined)[];
  readonly literals: Regex['literals'];
  readonly otherLiterals: Regex['otherLiterals'];
  readonly #anchored: boolean;
  readonly #lineAnchored: boolean;
  readonly #offsets: Int32Array;
  // Built when first needed: most expressions of a host never see a line that they could match.
  #reducedForm: Expression | undefined;
  #asciiForms:
    | { readonly captures: Re2Captures; readonly gate: Re2Gate; readonly inexact: string | undefined }
    | undefined;
  #gate: Re2Gate | undefined;
  #program: Program | undefined;
  #matcher: ExactMatcher | undefined;
  #compiled: TextSearch | null | undefined;

  constructor(readonly expression: Expression) {
    this.source = expression.source;
    this.groupCount = expression.groupCount;
    this.groupNames = expression.groupNames;
    [this.literals, ...this.otherLiterals] = requiredLiterals(expression);
    this.#anchored = isAnchored(expression.root);
    this.#lineAnchored = !this.#anchored && isLineAnchored(expression.root);
    this.#offsets = new Int32Array(2 * (this.groupCount + 1));
  }

  get engine(): EngineName {
    if (isBudgeted(this.#reduced)) return 'budgeted';
    return this.#ascii.inexact === undefined ? 're2' : 'gate+exact';
  }

  get compiled(): boolean {
    return this.#compiledSearch() !== undefined;
  }

  get why(): string {
    const { inexact } = this.#ascii;
    return inexact === undefined ? 'RE2 says exactly the same' : `${inexact} is beyond RE2`;
  }

  get #reduced(): Expression {
    this.#reducedForm ??= reduce(this.expression);
    return this.#reducedForm;
  }

  get #ascii() {
    if (this.#asciiForms === undefined) {
      const ascii = asciiSource(this.#reduced);
      this.#asciiForms = { captures: new Re2Captures(ascii), gate: new Re2Gate(ascii.source), inexact: ascii.inexact };
    }
    return this.#asciiForms;
  }

  /** RE2 source that accepts at least every subject that the expression matches, whatever its characters. */
  get gateSource(): string {
    return this.#relaxed().source;
  }

  exec(subject: string, counter?: StepCounter): RegexMatch | null {
    if (counter) return this.#execExactly(subject, counter);
    // An anchored search of an ordinary line fails at the first wrong character, sooner than RE2 can be asked; one of several lines does
    // so in each of them.
    const asked = !this.#lineAnchored && (!this.#anchored || subject.length > ordinaryBytes);
    if (asked && this.#refuses(subject)) return null;
    const offsets = this.#offsets;
    const found = this.#compiledSearch()?.(subject, offsets) ?? gaveUp;
    if (found !== gaveUp) return found < 0 ? null : new Match(subject, offsets);
    if (!asked && this.#refuses(subject)) return null;
    if (this.engine === 're2' && subject !== '' && asciiOnly.test(subject)) {
      const captured = this.#ascii.captures.exec(subject, offsets);
      if (captured !== undefined) return captured ? new Match(subject, offsets) : null;
    }
    return this.#execExactly(subject);
  }

  tree(): Expression {
    return this.#reduced;
  }

  test(subject: string): boolean {
    if (this.engine === 're2' && subject !== '' && asciiOnly.test(subject)) {
      const matched = this.#ascii.gate.test(subject);
      if (matched !== undefined) return matched;
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

  #compiledSearch(): TextSearch | undefined {
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
