/**
 * What f2b makes of one line after the other: the matcher's compiled filter and the core's maker of failures, as the guard puts them together,
 * without counting and without bans.
 */
import { FailureMaker, type FailureRules, type MatchedLine } from '@f2b/core';
import {
  type CompiledFilter,
  chooseIdentifier,
  compileFilter,
  type Groups,
  type GroupValue,
  type LineTuple,
  type MatchSettings,
  type MultilineState,
  matchLine,
  matchNextLine,
  newMultilineState,
  type Regex,
  type Usedns,
} from '@f2b/matcher';

/** One failure that a line gives. */
export interface JudgedFailure {
  /** Index of the failregex. */
  readonly regex: number;
  /** Who failed; undefined: nobody known yet (only with `all`). */
  readonly id: string | undefined;
  /** False: the text looks like an address to the expression, but is none; f2b bans nobody by it. */
  readonly valid: boolean;
  /** Seconds; undefined: no usable date, now or before. */
  readonly time: number | undefined;
  readonly groups: Groups;
  /** The lines of the failure, whole. */
  readonly matches: readonly string[];
}

export interface LineJudgeOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly usedns?: Usedns;
  /** Every failregex that matches, not only the first. */
  readonly all?: boolean;
  /** Expressions already compiled. */
  readonly known?: Map<string, Regex>;
}

export class LineJudge {
  readonly filter: CompiledFilter;
  readonly #now: number;
  readonly #all: boolean;
  readonly #state: MultilineState;
  readonly #maker: FailureMaker;
  #lastDate = Number.NaN;
  #lastText = '';

  constructor(settings: MatchSettings, { now, usedns, all, known }: LineJudgeOptions) {
    this.filter = compileFilter(settings, { ...(usedns && { usedns }), ...(known && { known }) });
    this.#now = now;
    this.#all = all ?? false;
    this.#state = newMultilineState(this.filter, now);
    this.#maker = new FailureMaker(rulesFor(this.filter));
  }

  /** @param stamped the line comes with a time of its own (a journal's), none is looked for in it */
  line(text: string, stamped?: { readonly time: number; readonly text: string }): JudgedFailure[] {
    const { filter } = this;
    let tuple: LineTuple = ['', stamped?.text ?? '', text];
    let time = stamped?.time ?? Number.NaN;
    if (stamped === undefined) {
      const cut = filter.dating.cut(text, this.#state.ranking);
      ({ tuple, time } = this.#timed(cut.tuple, filter.dating.time(cut, this.#now), cut.found !== undefined));
    }
    const hits =
      filter.maxlines > 1
        ? matchNextLine(filter, this.#state, tuple, { all: this.#all }).hits
        : matchLine(filter, tuple, { all: this.#all }).hits.map((hit) => ({ ...hit, lines: [tuple] }));
    return hits.flatMap(({ regex, groups, lines }) => {
      const failure = this.#failure(groups, lines);
      if (failure === undefined) return [];
      return [{ regex, time: Number.isNaN(time) ? undefined : time / 1000, ...failure }];
    });
  }

  /** What the expressions alone say of a line. */
  hits(text: string): { regex: number; groups: unknown }[] {
    const { tuple } = this.filter.dating.cut(text, this.filter.dating.newRanking(this.#now));
    return matchLine(this.filter, tuple).hits.map(({ regex, groups }) => ({
      regex,
      groups: Object.fromEntries(groups),
    }));
  }

  /** fail2ban's rule for lines without a usable date: the last one, if it is not older than a minute. */
  #timed(tuple: LineTuple, time: number, found: boolean): { tuple: LineTuple; time: number } {
    if (!Number.isNaN(time)) {
      this.#lastDate = time;
      this.#lastText = tuple[1];
      return { tuple, time };
    }
    if (this.#lastDate > this.#now - 60_000)
      return { tuple: ['', this.#lastText, tuple.join('')], time: this.#lastDate };
    return { tuple, time: found && tuple[1] === '' ? this.#now : Number.NaN };
  }

  #failure(
    found: Groups,
    lines: readonly LineTuple[],
  ): Pick<JudgedFailure, 'id' | 'valid' | 'groups' | 'matches'> | undefined {
    const line = { time: this.#now, date: 'own', tuple: ['', '', ''], lines } as const;
    const made = this.#maker.line(line, found, { now: this.#now, inOperation: false });
    return made.kind === 'failure' ? this.#identified(made.groups, made.lines) : undefined;
  }

  #identified(groups: Groups, matches: readonly string[]) {
    const { identifier, ip } = chooseIdentifier(groups, this.filter.usedns);
    if (identifier.kind === 'none') return undefined;
    const id = identifier.kind === 'dns' ? identifier.name : identifier.text;
    const data: Map<string, GroupValue> = new Map(groups);
    if (ip !== undefined) data.set('ip', ip);
    return { id, valid: identifier.kind === 'dns' || identifier.valid, groups: data, matches };
  }
}

/** The lines come with their times: these rules leave them as they are. */
function rulesFor({ usedns }: CompiledFilter): FailureRules<string> {
  return {
    usedns,
    kept: (groups) => groups,
    take: ({ time, lines = [] }: MatchedLine) => ({ time, lines: lines.map((line) => line.join('')) }),
  };
}
