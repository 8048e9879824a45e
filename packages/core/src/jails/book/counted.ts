import type { Bytes } from '@f2b/config';
import type { Origin } from '../../sources/source.js';

/**
 * Failures that an earlier process counted. After a crash the lines behind the last place are read again; what was counted of them
 * is not counted twice. Of a log that has been read past them nothing is remembered.
 */
export class Counted {
  readonly #logs = new Map<string, { last: Bytes; readonly lines: Map<Bytes, Set<string>> }>();

  add({ log, offset }: Origin, id: string): void {
    const known = this.#logs.get(log) ?? { last: offset, lines: new Map<Bytes, Set<string>>() };
    this.#logs.set(log, known);
    known.last = Math.max(known.last, offset);
    const ids = known.lines.get(offset);
    if (ids === undefined) known.lines.set(offset, new Set([id]));
    else ids.add(id);
  }

  /** Whose failures on a line have been counted. Asked for the lines of one log in their order. */
  on(origin: Origin | undefined): ReadonlySet<string> | undefined {
    if (origin === undefined || this.#logs.size === 0) return undefined;
    const known = this.#logs.get(origin.log);
    if (known === undefined) return undefined;
    if (origin.offset > known.last) this.#logs.delete(origin.log);
    return known.lines.get(origin.offset);
  }
}
