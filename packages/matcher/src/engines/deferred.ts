import { parse } from '../dialect/parser.js';
import type { Expression } from '../dialect/tree.js';
import type { EngineName, Furthest, Regex, RegexMatch, RequiredLiterals, StepCounter } from './engine.js';
import { reduce } from './reduce.js';
import { type CompiledRegex, compileRegex } from './regex.js';

/** What one thread knows of an expression that it compiled, for another one: plain data. */
export interface KnownExpression {
  readonly source: string;
  readonly groupCount: number;
  /** By index; null: no name. */
  readonly groupNames: readonly (string | null)[];
  readonly literals: RequiredLiterals | undefined;
  readonly otherLiterals: readonly RequiredLiterals[];
}

export function knownOf({ source, groupCount, groupNames, literals, otherLiterals }: Regex): KnownExpression {
  return { source, groupCount, groupNames: groupNames.map((name) => name ?? null), literals, otherLiterals };
}

/** An expression that is known to compile, and compiles when it is first asked: of most, the literals say all that is ever asked. */
export class DeferredRegex implements Regex {
  readonly source: string;
  readonly groupCount: number;
  readonly groupNames: readonly (string | undefined)[];
  readonly literals: RequiredLiterals | undefined;
  readonly otherLiterals: readonly RequiredLiterals[];
  #compiled: CompiledRegex | undefined;
  #tree: Expression | undefined;

  constructor({ source, groupCount, groupNames, literals, otherLiterals }: KnownExpression) {
    this.source = source;
    this.groupNames = groupNames.map((name) => name ?? undefined);
    this.groupCount = groupCount;
    this.literals = literals;
    this.otherLiterals = otherLiterals;
  }

  get #regex(): CompiledRegex {
    this.#compiled ??= compileRegex(this.source);
    return this.#compiled;
  }

  get engine(): EngineName {
    return this.#regex.engine;
  }

  get compiled(): boolean {
    return this.#regex.compiled;
  }

  get why(): string {
    return this.#regex.why;
  }

  get gateSource(): string {
    return this.#regex.gateSource;
  }

  exec(subject: string, counter?: StepCounter): RegexMatch | null {
    return this.#regex.exec(subject, counter);
  }

  tree(): Expression {
    this.#tree ??= reduce(parse(this.source));
    return this.#tree;
  }

  test(subject: string): boolean {
    return this.#regex.test(subject);
  }

  furthest(subject: string): Furthest {
    return this.#regex.furthest(subject);
  }
}
