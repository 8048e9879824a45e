import type { Template } from '../dates/detector.js';
import type { FilterStatistics, LinePlace } from '../failures.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { DateCut } from '../filter/dating.js';
import type { LineOutcome } from '../filter/line.js';
import { IncidentLog } from './incidents.js';

/** Counts what one filter did with each line. */
export class StatisticsCounter {
  readonly #templates: readonly Template[];
  #lines = 0;
  #prefregex = 0;
  readonly #ignoreregex: number[];
  readonly #dates = new Map<string, number>();
  readonly #ignored: IncidentLog<LinePlace>;
  readonly #missed: IncidentLog<LinePlace>;

  constructor(filter: CompiledFilter, keep: number) {
    this.#templates = filter.dating.detector.templates;
    this.#ignoreregex = filter.ignoreregex.map(() => 0);
    this.#ignored = new IncidentLog(keep);
    this.#missed = new IncidentLog(keep);
  }

  add(outcome: LineOutcome, cut: DateCut, place: Omit<LinePlace, 'text'>): void {
    this.#lines++;
    if (outcome.prefregex) this.#prefregex++;
    if (cut.found !== undefined) {
      const { name } = this.#templates[cut.found.template]!;
      this.#dates.set(name, (this.#dates.get(name) ?? 0) + 1);
    }
    if (outcome.ignored >= 0) {
      this.#ignoreregex[outcome.ignored]!++;
      this.#ignored.add({ ...place, text: cut.tuple.join('') });
    } else if (outcome.hits.length === 0) this.#missed.add({ ...place, text: cut.tuple.join('') });
  }

  taken(): FilterStatistics {
    return {
      lines: this.#lines,
      prefregex: this.#prefregex,
      ignoreregex: this.#ignoreregex,
      dates: this.#dates,
      ignored: this.#ignored.taken(),
      missed: this.#missed.taken(),
    };
  }
}
