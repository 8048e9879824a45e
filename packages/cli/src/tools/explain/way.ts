import { FailureMaker, testRules } from '@f2b/core';
import {
  type Address,
  type CompiledFilter,
  chooseIdentifier,
  type Expression,
  type Groups,
  LineTrace,
  matchLine,
} from '@f2b/matcher';

/** One expression and how it fared with the line. */
export interface Attempt {
  readonly option: 'prefregex' | 'failregex' | 'ignoreregex';
  /** Position in the option's list, from 1. */
  readonly number: number;
  readonly regex: string;
  /** Where it is written. */
  readonly place: string | undefined;
  readonly matched: boolean;
  /** The groups of a match. */
  readonly groups: Readonly<Record<string, string>>;
  /** Where it stopped, if it did not match: the text that it could consume, the text it did not, and the piece of the expression. */
  readonly stopped: { readonly consumed: string; readonly rest: string; readonly piece: string } | undefined;
}

/** A line's way through a filter. */
export interface Way {
  readonly line: string;
  readonly date:
    | {
        readonly template: string;
        readonly cut: string;
        readonly time: number | undefined;
        readonly before: string;
        readonly after: string;
      }
    | undefined;
  /** What prefregex left for the failregex; undefined where there is no prefregex, null where it does not match. */
  readonly content: string | null | undefined;
  readonly attempts: readonly Attempt[];
  /** The failregex that counts: the first that matched, unless an ignoreregex dropped the line. */
  readonly failregex: number | undefined;
  /** The ignoreregex that dropped the line. */
  readonly dropped: number | undefined;
  readonly identifier:
    | { readonly id: string | undefined; readonly why: string; readonly address: Address | undefined }
    | undefined;
  /** The line by itself is no failure: it only belongs to a session. */
  readonly nofail: boolean;
  readonly refused: readonly string[];
}

/** Follows one line through a filter, stage by stage, every failregex tried. */
export function followLine(filter: CompiledFilter, line: string, now: number): Way {
  const cut = filter.dating.cut(line, filter.dating.newRanking(now));
  const time = filter.dating.time(cut, now);
  const trace = new LineTrace();
  const outcome = matchLine(filter, cut.tuple, { all: true, trace });
  const attempts: Attempt[] = [];
  let content: string | null | undefined = filter.prefregex === undefined ? undefined : null;
  for (const step of trace.steps) {
    if (step.kind === 'subject' && step.what === 'content') content = step.text.replace(/\n$/, '');
    if (step.kind !== 'tried') continue;
    const { option, index, expression, subject, found } = step;
    if (option === 'prefregex' && found !== undefined && content === null) content = subject.replace(/\n$/, '');
    attempts.push({
      option,
      number: index + 1,
      regex: expression.setting.source,
      place: placeOfExpression(expression),
      matched: found !== undefined,
      groups: Object.fromEntries(found?.groups ?? []),
      stopped: found === undefined ? whereStopped(expression, subject) : undefined,
    });
  }
  const [hit] = outcome.hits;
  const { template } = cut.found ?? {};
  return {
    line,
    date:
      template === undefined
        ? undefined
        : {
            template: filter.dating.detector.templates[template]!.name,
            before: cut.tuple[0],
            cut: cut.tuple[1],
            after: cut.tuple[2],
            time: Number.isNaN(time) ? undefined : time / 1000,
          },
    content,
    attempts,
    failregex: hit === undefined ? undefined : hit.regex + 1,
    dropped: outcome.ignored >= 0 ? outcome.ignored + 1 : undefined,
    identifier: hit === undefined ? undefined : whoAndWhy(filter, hit.groups),
    nofail: hit !== undefined && madeOf(filter, hit.groups, now).kind === 'nofail',
    refused: outcome.refusals.map(({ option, index, reason }) => `${option} ${index + 1}: ${reason}`),
  };
}

/** What the guard's and the tests' one maker of failures says of a line that begins its session. */
function madeOf({ usedns }: CompiledFilter, groups: Groups, now: number) {
  const line = { time: now, date: 'own', tuple: ['', '', ''] } as const;
  return new FailureMaker(testRules({ usedns, keepsLines: false })).line(line, groups, { now, inOperation: false });
}

function placeOfExpression({ setting: { origin } }: Expression): string | undefined {
  return origin === undefined ? undefined : `${origin.file}:${origin.line}`;
}

function whereStopped(expression: Expression, subject: string): Attempt['stopped'] {
  const furthest = expression.regex.furthest(subject);
  const text = subject.replace(/\n$/, '');
  const at = Math.min(furthest.at, text.length);
  return {
    consumed: text.slice(0, at),
    rest: text.slice(at),
    piece: expression.expanded.slice(furthest.from, furthest.to),
  };
}

function whoAndWhy(filter: CompiledFilter, groups: Groups): Way['identifier'] {
  const { identifier, ip } = chooseIdentifier(groups, filter.usedns);
  const named = ['ip4', 'ip6', 'dns', 'fid'].filter((name) => (groups.get(name) ?? '') !== '');
  const groupsSay = `captured: ${named.length > 0 ? named.join(', ') : 'nothing that names anybody'}`;
  switch (identifier.kind) {
    case 'address':
      return { id: identifier.text, why: `an address (${groupsSay})`, address: identifier.address };
    case 'text':
      return {
        id: identifier.text,
        why: identifier.valid
          ? `the text of <F-ID>${ip === undefined ? '' : `, beside the address ${ip}`} (${groupsSay})`
          : `looks like an address to the expression, but is none: nobody is banned by it (${groupsSay})`,
        address: undefined,
      };
    case 'tuple':
      return { id: identifier.text, why: `the parts of <F-TUPLE_ID> (${groupsSay})`, address: undefined };
    case 'dns':
      return {
        id: identifier.name,
        why: `a host name, to be looked up (usedns = ${filter.usedns})`,
        address: undefined,
      };
    case 'none':
      return {
        id: undefined,
        why: identifier.pending
          ? 'nobody yet: a later line of the same session may name the address'
          : `a host name, which usedns = ${filter.usedns} does not look up`,
        address: undefined,
      };
  }
}
