import { CoreError } from '../../errors.js';
import type { DatedEntry } from '../source.js';

/** One alternative: for each field the values of which one must be there. */
type Term = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * `journalmatch` of a jail: which entries it reads. Words are `FIELD=value`; those of one field are alternatives, those of different
 * fields must all hold, `+` stands between alternatives, and so do several matches. None: every entry.
 */
export class JournalMatches {
  readonly #terms: Term[];

  /**
   * @param matches each a list of words, `+` its own word
   * @throws CoreError `F2B_JOURNAL_MATCH` for a word that is neither
   */
  constructor(matches: readonly (readonly string[])[]) {
    this.#terms = matches.flatMap(termsOf);
  }

  /** Whatever one of them asks for: one that asks for nothing in particular asks for all. */
  static union(all: readonly JournalMatches[]): JournalMatches {
    const union = new JournalMatches([]);
    if (all.some((one) => one.all)) return union;
    const terms = new Map(all.flatMap((one) => one.#terms.map((term) => [wordsOf(term).join('\n'), term])));
    union.#terms.push(...terms.values());
    return union;
  }

  /** Every entry is read. */
  get all(): boolean {
    return this.#terms.length === 0;
  }

  /** The fields that are asked for. */
  get fields(): readonly string[] {
    return [...new Set(this.#terms.flatMap((term) => [...term.keys()]))];
  }

  /**
   * As journalctl takes them.
   * @param only what has to hold besides
   */
  words(only: readonly string[] = []): readonly string[] {
    if (this.all) return only;
    return this.#terms.flatMap((term, index) => [...(index === 0 ? [] : ['+']), ...wordsOf(term), ...only]);
  }

  accepts(fields: DatedEntry['fields']): boolean {
    if (this.all) return true;
    const holds = ([name, values]: [string, ReadonlySet<string>]) =>
      fields.get(name)?.some((value) => values.has(value)) ?? false;
    return this.#terms.some((term) => [...term].every(holds));
  }
}

function wordsOf(term: Term): readonly string[] {
  return [...term].flatMap(([name, values]) => [...values].map((value) => `${name}=${value}`));
}

function termsOf(words: readonly string[]): readonly Term[] {
  const terms: Map<string, Set<string>>[] = [];
  let term: Map<string, Set<string>> | undefined;
  for (const word of words) {
    if (word === '+') {
      term = undefined;
      continue;
    }
    const [, name, value] = /^([A-Z0-9_]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) throw unknownWord(word);
    if (term === undefined) {
      term = new Map();
      terms.push(term);
    }
    const values = term.get(name);
    if (values === undefined) term.set(name, new Set([value]));
    else values.add(value);
  }
  return terms;
}

function unknownWord(word: string): CoreError {
  return new CoreError(
    'F2B_JOURNAL_MATCH',
    `'${word}' is no match of the journal: write FIELD=value, such as _SYSTEMD_UNIT=ssh.service, with + between alternatives`,
  );
}
