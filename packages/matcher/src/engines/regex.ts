/** The front door: a Python expression in, a regex with the engine it deserves out. */
import { type ParseOptions, parse } from '../dialect/parser.js';
import { compile } from './compile.js';
import type { Regex, RegexMatch, StepCounter } from './engine.js';
import { ExactMatcher } from './exact.js';

/**
 * Compiles a Python expression (tags already expanded).
 * @throws RegexSyntaxError (`F2B_REGEX_SYNTAX`) where Python would refuse it.
 */
export function compileRegex(source: string, options: ParseOptions = {}): Regex {
  const expression = parse(source, options);
  const program = compile(expression);
  const matcher = new ExactMatcher(program);
  return {
    source,
    engine: program.budgeted ? 'budgeted' : 'gate+exact',
    why: 'the exact matcher decides',
    groupCount: expression.groupCount,
    groupNames: expression.groupNames,
    literals: undefined,
    exec(subject: string, counter?: StepCounter): RegexMatch | null {
      if (!matcher.search(subject, counter)) return null;
      const offsets = matcher.marks;
      return {
        start: offsets[0]!,
        end: offsets[1]!,
        offsets,
        group: (index) =>
          offsets[2 * index]! < 0 || offsets[2 * index + 1]! < 0
            ? undefined
            : subject.slice(offsets[2 * index]!, offsets[2 * index + 1]!),
      };
    },
    test: (subject) => matcher.search(subject),
  };
}
