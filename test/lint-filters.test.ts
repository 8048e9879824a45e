import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { knownNames, readOneFilter, readSettings } from '@f2b/config';
import {
  type CompiledFilter,
  chooseIdentifier,
  compileFilter,
  type LintFinding,
  lintFilter,
  matchLine,
} from '@f2b/matcher';
import { describe, expect, it } from 'vitest';
import { installedFail2ban } from './config-fail2ban.js';

const own = fileURLToPath(new URL('../packages/cli/defaults', import.meta.url));

describe('the filters that f2b brings along', () => {
  const { jails } = readSettings({ directory: own, allowMissingLogs: true });

  it.each(jails.map((jail) => [jail.name, jail] as const))('give the linter nothing to say: %s', (_, { filter }) => {
    expect(filter.failregex.length).toBeGreaterThan(0);
    expect(lintFilter(compileFilter(filter))).toEqual([]);
  });

  it('are all looked at', () => {
    expect(new Set(jails.map(({ filter }) => filter.name))).toEqual(new Set(knownNames({ directory: own }).filters));
  });
});

function accused(filter: CompiledFilter, line: string): string | undefined {
  const [hit] = matchLine(filter, ['', '', line]).hits;
  const identifier = hit && chooseIdentifier(hit.groups, filter.usedns).identifier;
  return identifier?.kind === 'address' ? identifier.text : undefined;
}

const stock = '/etc/fail2ban';
const installed = installedFail2ban() !== undefined && existsSync(`${stock}/filter.d`);

describe.skipIf(!installed)("fail2ban's stock filters (needs fail2ban installed)", () => {
  const findings = new Map<string, readonly LintFinding[]>();
  const filters = new Map<string, CompiledFilter>();
  for (const name of installed ? knownNames({ directory: stock }).filters : []) {
    // Parts that other filters include.
    if (name.endsWith('-common')) continue;
    const settings = readOneFilter(name, { directory: stock });
    if (settings === undefined || settings.failregex.length === 0) continue;
    const filter = compileFilter(settings);
    filters.set(name, filter);
    findings.set(name, lintFilter(filter));
  }
  const withCode = (code: LintFinding['code']) =>
    [...findings].filter(([, all]) => all.some((one) => one.code === code)).map(([name]) => name);

  it('may warn, but never without a place and an advice', () => {
    expect(filters.size).toBeGreaterThan(60);
    for (const finding of [...findings.values()].flat()) {
      expect(finding.severity).not.toBe('error');
      expect(finding.advice).not.toBe('');
      if (finding.code !== 'F2B_LINT_HOST_NAMES') expect(finding.origin?.file).toContain('/filter.d/');
    }
  });

  it('hold expressions that a client can lead astray: each is proved by a line', () => {
    const spoofs = [...findings].flatMap(([name, all]) =>
      all.filter(({ code }) => code === 'F2B_LINT_SPOOF').map((finding) => [name, finding] as const),
    );
    expect(spoofs.map(([name]) => name)).toContain('asterisk');
    for (const [name, { example }] of spoofs) {
      expect(accused(filters.get(name)!, example!.line)).toBe(example!.accused);
      expect(example!.line).toContain(example!.truth);
    }
  });

  it('that refer back to a group are found, and no other', () => {
    const backReferring = [...filters].filter(([, { prefregex, failregex, ignoreregex }]) =>
      [prefregex, ...failregex, ...ignoreregex].some((one) => one?.regex.engine === 'budgeted'),
    );
    expect(withCode('F2B_LINT_BACK_REFERENCE')).toEqual(backReferring.map(([name]) => name));
  });
});
