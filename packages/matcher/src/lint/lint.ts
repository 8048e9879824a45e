import { parse } from '../dialect/parser.js';
import type { Expression as Tree } from '../dialect/tree.js';
import { isAnchored } from '../engines/first.js';
import type { CompiledFilter, Expression } from '../filter/compile.js';
import { shortestLiteralBytes } from '../literals/literal.js';
import type { LintFinding } from './finding.js';
import { looseCatchAll } from './shape.js';
import { accusation, proveSpoof, type SpoofProof, sampleLines, victimAddress } from './spoof.js';

/**
 * What is risky or slow about a filter that compiles: expressions that a client's own text can lead astray, and such as cost more than
 * they need to. Findings name no jail; whoever asks knows it.
 */
export function lintFilter(filter: CompiledFilter): LintFinding[] {
  return new FilterLinter(filter).findings();
}

class FilterLinter {
  readonly #filter: CompiledFilter;
  readonly #prefix: Tree | undefined;
  readonly #findings: LintFinding[] = [];

  constructor(filter: CompiledFilter) {
    this.#filter = filter;
    this.#prefix = filter.prefregex && parse(filter.prefregex.expanded);
  }

  findings(): LintFinding[] {
    const { prefregex, failregex, ignoreregex } = this.#filter;
    if (prefregex !== undefined) {
      if (!isAnchored(this.#prefix!.root)) this.#unanchored('prefregex', prefregex, undefined);
      this.#backReference('prefregex', prefregex);
    }
    for (const [index, expression] of failregex.entries()) this.#failregex(index, expression);
    for (const expression of ignoreregex) this.#backReference('ignoreregex', expression);
    this.#hostNames();
    return this.#findings;
  }

  #add(
    severity: LintFinding['severity'],
    code: LintFinding['code'],
    expression: Expression,
    what: string,
    advice: string,
    example?: LintFinding['example'],
  ): void {
    const { origin } = expression.setting;
    this.#findings.push({
      severity,
      code,
      what,
      origin,
      advice,
      jail: undefined,
      ...(example === undefined ? {} : { example }),
    });
  }

  #failregex(index: number, expression: Expression): void {
    // Whatever else there is to say of it comes of the text that was meant to stand there.
    if (this.#tagLeft(expression)) return;
    const tree = parse(expression.expanded);
    if (!isAnchored(tree.root)) this.#unanchored('failregex', expression, this.#strayExample(index, tree));
    const proof = this.#filter.maxlines > 1 ? undefined : proveSpoof(this.#filter, index, tree, this.#prefix);
    if (proof !== undefined) this.#spoof(expression, proof);
    else {
      const piece = looseCatchAll(tree);
      if (piece !== undefined) {
        this.#add(
          'warning',
          'F2B_LINT_CATCH_ALL',
          expression,
          `'${piece}' before the address takes in everything up to the last text that looks like one, and nothing ties that to its place.`,
          'End the expression with what the program writes behind the address, and $; or put something narrower than a catch-all.',
        );
      }
    }
    if (!this.#hasLiteral(expression)) {
      this.#add(
        'hint',
        'F2B_LINT_NO_LITERAL',
        expression,
        'no word stands in every line that this can match, so every line of the log has to be tried.',
        'Write out a word that the program always logs there.',
      );
    }
    this.#backReference('failregex', expression);
  }

  /** fail2ban leaves what it cannot replace as it is: `<mdre-agressive>` then waits for a line with that very text. */
  #tagLeft(expression: Expression): boolean {
    const { source } = expression.setting;
    if (!/^<[\w-]{1,100}>$/.test(source)) return false;
    this.#add(
      'warning',
      'F2B_LINT_TAG_LEFT',
      expression,
      `this failregex is only '${source}', and nothing gives that a value: it waits for a line with this very text, and does nothing else.`,
      'Look for a slip in the name, or in the option of the filter that it is put together from (such as mode); f2b config show JAIL shows each value.',
    );
    return true;
  }

  #unanchored(option: string, expression: Expression, example: LintFinding['example']): void {
    this.#add(
      'warning',
      'F2B_LINT_UNANCHORED',
      expression,
      `${option} begins anywhere in the line, also inside of text that a client sent.`,
      `Begin it with ^${option === 'prefregex' ? '' : ' (and with the prefix that the program logs)'}.`,
      example,
    );
  }

  /** A line of something else that merely holds the words. */
  #strayExample(index: number, tree: Tree): LintFinding['example'] {
    if (this.#filter.maxlines > 1) return undefined;
    for (const { sample, line } of sampleLines(this.#filter, index, tree, this.#prefix, victimAddress)) {
      const text = line(`anything a client wrote: ${sample.text}`);
      if (accusation(this.#filter, text)?.accused === victimAddress) return { line: text, accused: victimAddress };
    }
    return undefined;
  }

  #spoof(expression: Expression, { piece, ...example }: SpoofProof): void {
    this.#add(
      'warning',
      'F2B_LINT_SPOOF',
      expression,
      `text in '${piece}' can pose as the address: whoever writes it can have somebody else banned.`,
      'Make that piece narrower, so that what stands around the address cannot occur in it, or tie the address to the end of the line that the program writes.',
      example,
    );
  }

  #hasLiteral({ regex }: Expression): boolean {
    return [regex, this.#filter.prefregex?.regex].some(
      (one) => one?.literals?.alternatives.every((literal) => literal.length >= shortestLiteralBytes) ?? false,
    );
  }

  #backReference(option: string, expression: Expression): void {
    if (expression.regex.engine !== 'budgeted') return;
    this.#add(
      'warning',
      'F2B_LINT_BACK_REFERENCE',
      expression,
      `${option} refers back to what a group matched, which cannot be matched in linear time: a line built to hurt is given up, and counts as no match.`,
      'Write it without the back-reference.',
    );
  }

  /** Names in a log are the client's to choose, and so is what they resolve to (CVE-2009-0362). */
  #hostNames(): void {
    const { usedns, settings, failregex } = this.#filter;
    if (usedns !== 'yes' && usedns !== 'warn') return;
    if (!failregex.some(({ regex }) => regex.groupNames.includes('dns'))) return;
    this.#findings.push({
      severity: 'hint',
      code: 'F2B_LINT_HOST_NAMES',
      what: `usedns = ${usedns}: a name that stands in the place of an address is looked up, and its owner decides whom that bans.`,
      origin: settings.usedns.origin,
      advice: 'Set usedns = no unless the log holds names only.',
      jail: undefined,
    });
  }
}
