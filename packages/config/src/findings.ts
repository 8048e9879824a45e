import type { ConfigError, ConfigErrorCode } from './errors.js';
import type { Finding, Origin } from './settings.js';

/** Collects what is said about a tree. One sentence about one place is kept once, however often it is met. */
export class Findings {
  readonly #list: Finding[] = [];
  readonly #seen = new Set<string>();

  add(
    severity: Finding['severity'],
    code: ConfigErrorCode,
    what: string,
    origin: Origin | undefined,
    advice: string,
    jail?: string,
  ): void {
    const id = `${code} ${origin?.file}:${origin?.line}:${origin?.column} ${what}`;
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#list.push({ severity, code, what, origin, advice, jail });
  }

  addError(error: ConfigError, jail?: string): void {
    this.add('error', error.code, error.what, error.origin, error.advice, jail);
  }

  get all(): readonly Finding[] {
    return this.#list;
  }
}
