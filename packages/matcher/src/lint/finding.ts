import type { Finding } from '@f2b/config';
import type { lintErrors } from '../errors.js';

/** A line that proves a finding: it ran through the compiled filter. The date in front of it is left out. */
export interface LintExample {
  readonly line: string;
  /** Whom the filter accuses for it. */
  readonly accused: string;
  /** The other address for which the expression matches the same line; undefined where there is none. */
  readonly truth?: string;
}

/** What is risky or slow about one expression of a filter that compiles. Codes are stable, `F2B_LINT_…`. */
export interface LintFinding extends Finding {
  readonly severity: 'warning' | 'hint';
  readonly code: keyof typeof lintErrors;
  readonly example?: LintExample;
}
