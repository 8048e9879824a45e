import { describe, expect, it } from 'vitest';
import { compileFilter } from '../filter/compile.js';
import { chooseIdentifier } from '../filter/identifier.js';
import { matchLine } from '../filter/line.js';
import { type PlainFilter, plainSettings } from '../filter/plain-settings.js';
import { lintFilter } from './lint.js';

function lint(plain: PlainFilter) {
  return lintFilter(compileFilter(plainSettings({ usedns: 'no', ...plain })));
}

const codes = (plain: PlainFilter) => lint(plain).map(({ code }) => code);

/** Whom a filter accuses for a line, asked without the linter. */
function accused(plain: PlainFilter, line: string): string | undefined {
  const filter = compileFilter(plainSettings({ usedns: 'no', ...plain }));
  const [hit] = matchLine(filter, ['', '', line]).hits;
  const identifier = hit && chooseIdentifier(hit.groups, filter.usedns).identifier;
  return identifier?.kind === 'address' ? identifier.text : undefined;
}

describe('text of a client that can pose as the address', () => {
  it.each([
    // A lazy piece before the address stops at the first text that looks right.
    [String.raw`^sshd: Failed password for .*? from <HOST> port \d+`],
    [String.raw`^sshd: Failed password for <F-USER>\S+|.*?</F-USER> from <HOST>(?: port \d+)?(?: ssh\d)?`],
    // Behind the address, a greedy piece before it makes the last one win (CVE-2006-6302).
    ['^sshd: .* from <HOST>: authentication failed for .*$'],
    [String.raw`^ftpd: \(.+?@<HOST>\) \[WARNING\] Authentication failed for user \[.+\]$`],
    [String.raw`^pbx: Request '.*?' failed for '<ADDR>:\d+' \(callid: .*\) - Error$`],
  ])('is proved for %s', (failregex) => {
    const plain = { failregex };
    const finding = lint(plain).find(({ code }) => code === 'F2B_LINT_SPOOF');
    expect(finding?.severity).toBe('warning');
    const { line, accused: victim, truth } = finding!.example!;
    expect(accused(plain, line)).toBe(victim);
    expect(line).toContain(truth);
    expect(victim).not.toBe(truth);
    // The same expression for the client's address alone matches the line too: it can be read both ways.
    const literal = truth!.replaceAll('.', String.raw`\.`);
    const onlyTruth = failregex.replace(/<HOST>|<ADDR>/, `(?P<ip4>${literal})`);
    expect(accused({ failregex: onlyTruth }, line)).toBe(truth);
  });

  it('is found behind a prefregex too, and the line holds the prefix', () => {
    const [finding] = lint({
      prefregex: String.raw`^\s*(?:\S+ )?sshd\[\d+\]: <F-CONTENT>.+</F-CONTENT>$`,
      failregex: String.raw`^Failed password for .*? from <HOST> port \d+`,
    });
    expect(finding?.code).toBe('F2B_LINT_SPOOF');
    expect(finding?.example?.line).toMatch(
      /sshd\[1\]: Failed password for .*203\.0\.113\.66.* from 192\.0\.2\.10 port 1/,
    );
  });

  it.each([
    [String.raw`^sshd: Failed password for .* from <HOST> port \d+(?: ssh\d)?$`],
    [String.raw`^sshd: Failed password for \S* from <HOST> port \d+`],
    [String.raw`^pbx: Request from '[^']*' failed for '<HOST>:\d+' \(callid: .*\)$`],
    [String.raw`^httpd: \[client <HOST>:\d+\] user .* not found: .*$`],
    [String.raw`^haproxy: <HOST>:\d+ .*<NOSRV> 401`],
  ])('is not claimed for %s', (failregex) => {
    expect(codes({ failregex })).toEqual([]);
  });

  it('is not claimed where another failregex takes the lying line', () => {
    const failregex = [
      String.raw`^sshd: Failed password for .* from <HOST> port \d+$`,
      String.raw`^sshd: Failed password for .*? from <HOST> port \d+$`,
    ];
    expect(codes({ failregex })).toEqual([]);
  });

  it('is not claimed where an ignoreregex drops it', () => {
    const failregex = String.raw`^sshd: Failed password for .*? from <HOST> port \d+`;
    expect(codes({ failregex, ignoreregex: ' from .* from ' })).toEqual([]);
  });
});

describe('the shape of an expression', () => {
  it('wants an anchor, and shows a line of something else that it takes for a failure', () => {
    const [finding] = lint({ failregex: 'authentication failure from <HOST>$' });
    expect(finding?.code).toBe('F2B_LINT_UNANCHORED');
    expect(finding?.example?.line).toBe('anything a client wrote: authentication failure from 203.0.113.66');
  });

  it('takes an anchor of a line for one, also where a filter reads several lines', () => {
    expect(codes({ failregex: '^authentication failure from <HOST>$', maxlines: 3 })).toEqual([]);
  });

  it('wants an anchor of prefregex', () => {
    expect(codes({ prefregex: 'app: <F-CONTENT>.+</F-CONTENT>$', failregex: '^failure from <HOST>$' })).toEqual([
      'F2B_LINT_UNANCHORED',
    ]);
  });

  it('wants a catch-all before the address held by the end of the line', () => {
    expect(codes({ failregex: '^app: failure of .* from <HOST>' })).toEqual(['F2B_LINT_CATCH_ALL']);
    expect(codes({ failregex: String.raw`^app: failure of .* from <HOST>\s*$` })).toEqual([]);
  });

  it('hints that a scan needs a word', () => {
    expect(codes({ failregex: String.raw`^\d+ <HOST> \d+$` })).toEqual(['F2B_LINT_NO_LITERAL']);
    expect(codes({ prefregex: '^app: <F-CONTENT>.+</F-CONTENT>$', failregex: String.raw`^\d+ <HOST>$` })).toEqual([]);
  });

  it('warns of back-references', () => {
    expect(codes({ failregex: String.raw`^app: (["'])\w+\1 failed from <HOST>$` })).toEqual([
      'F2B_LINT_BACK_REFERENCE',
    ]);
  });

  it('warns of an expression that is only a tag which nothing replaced: a slip in a mode, or in a name', () => {
    const failregex = ['<mdre-agressive>', '^failure from <ADDR>$'];
    const [finding, ...others] = lint({ failregex, prefregex: '^<F-MLFID>app: </F-MLFID><F-CONTENT>.+</F-CONTENT>$' });
    expect(finding).toMatchObject({ severity: 'warning', code: 'F2B_LINT_TAG_LEFT' });
    expect(finding?.what).toContain("'<mdre-agressive>'");
    expect(others).toEqual([]);
  });

  it('hints that looking up names lets their owners decide, where an expression takes names', () => {
    expect(codes({ failregex: '^app: failure from <HOST>$', usedns: 'warn' })).toEqual(['F2B_LINT_HOST_NAMES']);
    expect(codes({ failregex: '^app: failure from <ADDR>$', usedns: 'warn' })).toEqual([]);
  });

  it('has an end for expressions with very many ways', () => {
    const failregex = `^app: ${'(?:.*? )?'.repeat(40)}from <HOST> ${'(?:.* )?'.repeat(40)}$`;
    expect(codes({ failregex })).toContain('F2B_LINT_SPOOF');
  });
});
