import * as stages from '@f2b/matcher/stages';
import { generateLog, type LogKindName } from 'f2b';
import type { Way } from './timing.js';

export interface DateJob {
  readonly name: string;
  readonly lines: number;
  readonly ways: readonly Way[];
}

/** One format that a regex could be written for by hand. */
const formats: Readonly<Record<LogKindName, RegExp>> = {
  sshd: /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+(\d{1,2}) (\d{2}):(\d{2}):(\d{2})\b/,
  asterisk: /^\[(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})\]/,
  nginx: /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2})\b/,
};

/** Finding the date of each line: all default formats at once, beside one regex that knows the only format there is. */
export function dateJobs(): DateJob[] {
  return (['sshd', 'asterisk', 'nginx'] as const).map((kind) => {
    const until = Date.UTC(2026, 0, 31);
    const lines = [...generateLog({ kind, hitRate: 0.05, lines: 5000, seed: 3, until })]
      .join('')
      .split('\n')
      .slice(0, -1);
    const detector = stages.compileDatepattern(undefined, { thisYear: 2026 });
    const ranking = detector.newRanking();
    const format = formats[kind];
    const count = (finds: (line: string) => boolean) => () => {
      let found = 0;
      for (const line of lines) if (finds(line)) found++;
      return found;
    };
    return {
      name: `${kind} log`,
      lines: lines.length,
      ways: [
        { name: 'date scanner, all default formats', run: count((line) => detector.find(line, ranking) !== undefined) },
        { name: 'V8 regex for this format alone', run: count((line) => format.exec(line) !== null) },
      ],
    };
  });
}
