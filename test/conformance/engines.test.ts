/** Which engine judges the expressions of the stock filters: none is refused, and only back-references need a budget. */
import { describe, expect, it } from 'vitest';
import { findInstallation } from './installation.js';
import { stockExpressions, stockFilters } from './stock-expressions.js';

const installation = findInstallation();

describe.skipIf(installation === undefined)('the engines of the stock filters', () => {
  it('take every expression, and give a budget only to those with back-references', () => {
    // Reading throws for an expression that is refused.
    const filters = stockFilters(installation!);
    const expressions = stockExpressions(filters);
    const table = new Map<string, { expressions: number; filters: Set<string>; why: Map<string, number> }>();
    for (const { filter, expression } of expressions) {
      const { engine, why } = expression.regex;
      const row = table.get(engine) ?? { expressions: 0, filters: new Set(), why: new Map() };
      row.expressions++;
      row.filters.add(filter);
      const reason = why.replace(/ (?:at|in|of) column.*| at \d+.*/, '');
      row.why.set(reason, (row.why.get(reason) ?? 0) + 1);
      table.set(engine, row);
    }
    const rows = [...table].map(([engine, row]) => {
      const why = [...row.why].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${reason} (${count})`);
      return `${engine.padEnd(11)} ${String(row.expressions).padStart(4)} expressions, ${row.filters.size} filters: ${why.slice(0, 6).join('; ')}`;
    });
    const names = new Set(filters.map(({ name }) => name));
    console.log(`${expressions.length} expressions of ${names.size} stock filters, refused 0\n${rows.join('\n')}`);
    const budgeted = expressions.filter(({ expression }) => expression.regex.engine === 'budgeted');
    for (const { expression } of budgeted) expect(expression.expanded).toMatch(/\(\?P=\w+\)|\\[1-9]/);
    expect(expressions.length).toBeGreaterThan(150);
  }, 60_000);
});
