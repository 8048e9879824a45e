import { ConfigError, parseTime, pythonRepr, type Seconds } from '@f2b/config';
import type { Word } from '../dialects/dialect.js';
import { noSuchName, tooFewWords, valueError } from './raise.js';

/** The words behind a verb. Whatever asks for one that is not there is refused as fail2ban refuses it. */
export class Words {
  readonly #words: readonly Word[];

  constructor(words: readonly Word[]) {
    this.#words = words;
  }

  get length(): number {
    return this.#words.length;
  }

  /** @throws Refused where there are not so many words */
  at(index: number): string {
    return textOf(this.nested(index));
  }

  /** The same, lists not made texts of. */
  nested(index: number): Word {
    const word = this.#words[index];
    if (word === undefined) throw tooFewWords();
    return word;
  }

  /** The words of a list that stands for one word; a text is the list of its letters, as in Python. */
  list(index: number): readonly string[] {
    const word = this.nested(index);
    return Array.isArray(word) ? word.map(textOf) : [...textOf(word)];
  }

  from(index: number): readonly string[] {
    return this.#words.slice(index).map(textOf);
  }

  /** Those behind the first `count`. */
  behind(count: number): Words {
    return new Words(this.#words.slice(count));
  }
}

function textOf(word: Word): string {
  return typeof word === 'string' ? word : pythonRepr(word);
}

/** Python's `int()`. @throws Refused */
export function wholeNumber(text: string): number {
  if (!/^\s*[+-]?\d+(?:_\d+)*\s*$/.test(text)) {
    throw valueError(`invalid literal for int() with base 10: ${pythonRepr(text)}`);
  }
  return Number(text.replaceAll('_', ''));
}

/** Python's `float()`. @throws Refused */
export function decimalNumber(text: string): number {
  const bare = text.trim().replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(bare)) return Number(bare);
  throw valueError(`could not convert string to float: ${pythonRepr(text)}`);
}

/** fail2ban's idea of yes: every other word is no. */
export function yes(text: string): boolean {
  return ['1', 'on', 'true', 'yes'].includes(text.toLowerCase());
}

/** A time such as `1h 30m`, in seconds. @throws Refused */
export function seconds(text: string): Seconds {
  try {
    return parseTime(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Python evaluates the text, and a word that it does not know is a name to it.
    const name = /^\s*([A-Za-z_]\w*)\s*$/.exec(text)?.[1];
    throw name === undefined ? valueError(error.what) : noSuchName(name);
  }
}

/** Whether Python takes a time for a fraction, even where it is whole: years and months are, and what was divided. */
export function isFraction(text: string): boolean {
  const bare = text.replace(/#.*$/s, '');
  return /\d\s*(?:mo|y)|\.|(?<!\/)\/(?!\/)/i.test(bare);
}
