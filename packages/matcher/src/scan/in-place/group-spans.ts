import type { Expression } from '../../filter/compile.js';

/** Where a group's text may come from. */
interface Source {
  /** Group of prefregex, -1: it has none of this name. */
  readonly before: number;
  /** Group of the failregex, -1: it has none of this name. */
  readonly own: number;
  /** Groups of the failregex that stand in for this one (`alt_…`), the first that holds something. */
  readonly alternatives: readonly number[];
}

/**
 * Where the groups of a match stand in a block, for one failregex: the same choice as `addGroups` makes among texts, made among
 * positions.
 */
export class GroupSpans {
  /** In the order in which a failure shows them. */
  readonly names: readonly string[];
  /** By name: begin and end in the block, -1 for a group that took no part. */
  readonly spans: Int32Array;
  readonly #sources: readonly Source[];

  private constructor(sources: ReadonlyMap<string, Source>) {
    this.names = [...sources.keys()];
    this.#sources = [...sources.values()];
    this.spans = new Int32Array(2 * this.names.length);
  }

  /** @returns undefined where groups are combined in a way that positions cannot say */
  static of(prefregex: Expression | undefined, failregex: Expression): GroupSpans | undefined {
    const { plan } = failregex;
    if (plan.tuples.length > 0) return undefined;
    if (prefregex !== undefined && (prefregex.plan.tuples.length > 0 || prefregex.plan.alternatives.length > 0))
      return undefined;
    const sources = new Map<string, Source>();
    for (const { name, index } of prefregex?.plan.named ?? []) {
      if (name !== 'content') sources.set(name, { before: index, own: -1, alternatives: [] });
    }
    for (const { name, index } of plan.named) {
      sources.set(name, { before: sources.get(name)?.before ?? -1, own: index, alternatives: [] });
    }
    const indexOf = new Map(plan.named.map(({ name, index }) => [name, index]));
    for (const { target, source } of plan.alternatives) {
      const known = sources.get(target) ?? { before: -1, own: -1, alternatives: [] };
      sources.set(target, { ...known, alternatives: [...known.alternatives, indexOf.get(source)!] });
    }
    return new GroupSpans(sources);
  }

  /**
   * Takes over the offsets of a match.
   * @param lineEnd, ownEnd where the newlines stand that prefregex and the failregex saw
   * @returns false where a group reaches beyond: that newline is not the line's
   */
  resolve(before: Int32Array | undefined, lineEnd: number, own: Int32Array, ownEnd: number): boolean {
    const { spans } = this;
    const sources = this.#sources;
    for (let index = 0; index < sources.length; index++) {
      const source = sources[index]!;
      let from = own;
      let end = ownEnd;
      let group = source.own >= 0 && tookPart(own, source.own) ? source.own : -1;
      if (source.alternatives.length > 0 && (group < 0 || isEmpty(own, group))) {
        group = filledAlternative(source.alternatives, own) ?? group;
      }
      if (group < 0 && before !== undefined && source.before >= 0 && tookPart(before, source.before)) {
        from = before;
        end = lineEnd;
        group = source.before;
      }
      spans[2 * index] = group < 0 ? -1 : from[2 * group]!;
      spans[2 * index + 1] = group < 0 ? -1 : from[2 * group + 1]!;
      if (spans[2 * index + 1]! > end) return false;
    }
    return true;
  }

  /**
   * Moves the groups in front of the date back to where they stand in the line: the expressions saw that text directly before the
   * date's end.
   * @returns false where a group holds text from both sides of the date
   */
  putBack(dateStart: number, dateEnd: number): boolean {
    const { spans } = this;
    for (let at = 0; at < spans.length; at += 2) {
      if (spans[at]! < 0 || spans[at]! >= dateEnd) continue;
      if (spans[at + 1]! > dateEnd) return false;
      spans[at]! -= dateEnd - dateStart;
      spans[at + 1]! -= dateEnd - dateStart;
    }
    return true;
  }

  /** Place of a name in `names`, -1: no such group. */
  place(name: string): number {
    return this.names.indexOf(name);
  }
}

function tookPart(offsets: Int32Array, group: number): boolean {
  return offsets[2 * group]! >= 0 && offsets[2 * group + 1]! >= 0;
}

function isEmpty(offsets: Int32Array, group: number): boolean {
  return offsets[2 * group] === offsets[2 * group + 1];
}

function filledAlternative(groups: readonly number[], offsets: Int32Array): number | undefined {
  for (const group of groups) if (tookPart(offsets, group) && !isEmpty(offsets, group)) return group;
  return undefined;
}
