/** Every expression of the stock filters in all their modes, compiled once each, with what they are meant to read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompiledFilter, compileFilter, type Expression, type Regex } from '@f2b/matcher';
import type { Installation } from './installation.js';
import { type FilterOptions, readFilter, stockFilterNames } from './stock-filters.js';

export interface StockFilter {
  readonly name: string;
  readonly options: FilterOptions;
  readonly compiled: CompiledFilter;
}

/** A filter with its modes (each needs a failregex of its own, `mdre-…`) and kinds of log. */
function optionsOf({ filters }: Installation, name: string): FilterOptions[] {
  const text = readFileSync(join(filters, `${name}.conf`), 'utf8');
  const modes = [...text.matchAll(/^(?:mdre|mdpr)-(\w+)\s*=/gm)].map(([, mode]) => mode!);
  return [{}, ...[...new Set(modes)].map((mode) => ({ mode })), { logtype: 'journal' }];
}

/** Every stock filter with each set of options. */
export function stockFilters(installation: Installation): StockFilter[] {
  const known = new Map<string, Regex>();
  return stockFilterNames(installation).flatMap((name) =>
    optionsOf(installation, name).map((options) => ({
      name,
      options,
      compiled: compileFilter(readFilter(installation, name, options), { known }),
    })),
  );
}

export interface StockExpression {
  readonly filter: string;
  readonly option: 'prefregex' | 'failregex' | 'ignoreregex';
  readonly expression: Expression;
}

/** The expressions of `filters`, each text once. */
export function stockExpressions(filters: readonly StockFilter[]): StockExpression[] {
  const found = new Map<Regex, StockExpression>();
  for (const { name, compiled } of filters) {
    const lists = {
      prefregex: compiled.prefregex ?? [],
      failregex: compiled.failregex,
      ignoreregex: compiled.ignoreregex,
    };
    for (const [option, list] of Object.entries(lists)) {
      for (const expression of [list].flat() as Expression[]) {
        if (!found.has(expression.regex)) {
          found.set(expression.regex, { filter: name, option: option as StockExpression['option'], expression });
        }
      }
    }
  }
  return [...found.values()];
}
