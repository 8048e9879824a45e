import type { CompiledFilter, Expression, Regex } from '@f2b/matcher';

/** What one expression was asked. */
export interface Asked {
  readonly option: 'prefregex' | 'failregex' | 'ignoreregex';
  readonly index: number;
  readonly expression: Expression;
  /** Texts that it did not match. */
  readonly refused: string[];
  readonly matched: string[];
}

/** A filter that notes which lines are dated and which texts each expression is tried on; it decides as the original does. */
export interface Recording {
  readonly filter: CompiledFilter;
  readonly dated: string[];
  readonly asked: readonly Asked[];
}

/** The original expressions are kept in `asked`, to be timed on what was noted. */
export function recordingOf(original: CompiledFilter): Recording {
  const asked: Asked[] = [];
  const dated: string[] = [];
  const recorded = (option: Asked['option'], expression: Expression, index: number): Expression => {
    const own: Asked = { option, index, expression, refused: [], matched: [] };
    asked.push(own);
    return {
      ...expression,
      mayMatch(subject) {
        const may = expression.mayMatch(subject);
        if (!may) own.refused.push(subject);
        return may;
      },
      regex: recordedRegex(expression.regex, own),
    };
  };
  const filter: CompiledFilter = {
    ...original,
    prefregex: original.prefregex && recorded('prefregex', original.prefregex, 0),
    failregex: original.failregex.map((one, index) => recorded('failregex', one, index)),
    ignoreregex: original.ignoreregex.map((one, index) => recorded('ignoreregex', one, index)),
    dating: {
      ...original.dating,
      cut(line, ranking) {
        dated.push(line);
        return original.dating.cut(line, ranking);
      },
    },
  };
  return { filter, dated, asked };
}

function recordedRegex(regex: Regex, asked: Asked): Regex {
  return {
    source: regex.source,
    engine: regex.engine,
    compiled: regex.compiled,
    why: regex.why,
    groupCount: regex.groupCount,
    groupNames: regex.groupNames,
    literals: regex.literals,
    otherLiterals: regex.otherLiterals,
    gateSource: regex.gateSource,
    exec(subject, counter) {
      const found = regex.exec(subject, counter);
      (found === null ? asked.refused : asked.matched).push(subject);
      return found;
    },
    test: (subject) => regex.test(subject),
    furthest: (subject) => regex.furthest(subject),
  };
}
