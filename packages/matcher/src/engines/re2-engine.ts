/** RE2 as gate and, where it is exact, as the one who captures. Compiled at the first use: most expressions of a host never see a line. */
import { createRequire } from 'node:module';
import type RE2 from 're2';
import { endOfMatch, type Re2Source } from './re2-source.js';

const require = createRequire(import.meta.url);
let loaded: typeof RE2 | undefined;

/**
 * Loads RE2 now. Its native code takes a while to load, and a short test of few lines does without it; a process that stays must not look
 * for it later, when its files may have been replaced by those of another version.
 */
export function loadRe2(): typeof RE2 {
  loaded ??= require('re2') as typeof RE2;
  return loaded;
}

/** One RE2 program that answers yes or no. */
export class Re2Gate {
  #compiled: RE2 | null | undefined;

  constructor(readonly source: string) {}

  /** Undefined: RE2 cannot hold this expression (too large), somebody else must answer. */
  test(subject: string): boolean | undefined {
    if (this.#compiled === undefined) this.#compiled = build(this.source, 'u');
    return this.#compiled?.test(subject);
  }
}

/** One RE2 program whose groups are Python's. */
export class Re2Captures {
  #compiled: RE2 | null | undefined;

  constructor(readonly translation: Re2Source) {}

  /**
   * Writes the offsets of the leftmost match into `offsets` (as `RegexMatch.offsets`). Undefined: RE2 cannot hold this expression.
   */
  exec(subject: string, offsets: Int32Array): boolean | undefined {
    if (this.#compiled === undefined) this.#compiled = build(this.translation.source, 'du');
    if (this.#compiled === null) return undefined;
    const match = this.#compiled.exec(subject) as RegExpExecArray | null;
    if (!match) return false;
    this.#read(match.indices as readonly (readonly [number, number] | undefined)[], offsets);
    return true;
  }

  #read(indices: readonly (readonly [number, number] | undefined)[], offsets: Int32Array): void {
    const { groups } = this.translation;
    offsets.fill(-1);
    let end = Number.POSITIVE_INFINITY;
    for (const [i, group] of groups.entries()) {
      const span = indices[i];
      if (!span || span[0] < 0) continue;
      if (group === endOfMatch) {
        end = Math.min(end, span[0]);
        continue;
      }
      offsets[2 * group] = span[0];
      offsets[2 * group + 1] = span[1];
    }
    for (let i = 0; i < offsets.length; i++) if (offsets[i]! > end) offsets[i] = end;
  }
}

function build(source: string, flags: string): RE2 | null {
  const Re2 = loadRe2();
  try {
    return new Re2(source, flags);
  } catch {
    return null;
  }
}
