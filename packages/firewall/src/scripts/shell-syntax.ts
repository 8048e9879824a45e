/** Stands for a tag in a script that is read: NUL, which no script can hold. */
export const tagMark = '\0';

/**
 * How a tag stands in a script, as far as the shell that reads the script is concerned.
 * `literal`: in single quotes, behind a backslash, in a here-document with a quoted end word: nothing is expanded.
 * `loose`: inside `$((…))`, `${…}` or where the quotes cannot be told for certain.
 */
export type Quoting = 'none' | 'double' | 'document' | 'literal' | 'comment' | 'loose';

export interface Word {
  readonly from: number;
  readonly to: number;
  /** Without its quotes; what the shell would expand is a `$`. */
  readonly text: string;
  /** Places of the marks in `text`, in order. */
  readonly marks: readonly number[];
  /** Nothing in it is expanded: its text is the same at every run, tags that stand literally aside. */
  readonly constant: boolean;
}

/** One simple command, or the end of a compound one (`done`, `}`), with what goes in and out. */
export interface Command {
  readonly from: number;
  readonly to: number;
  readonly assignments: readonly Word[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** Where that begins what is piped into it; undefined where nothing is. */
  readonly pipedFrom: number | undefined;
}

export interface Redirection {
  /** `>`, `>>`, `<`, `<<` (here-document), `<<<`. */
  readonly operator: string;
  readonly target: Word;
  /** The body of a here-document. */
  document?: { readonly from: number; readonly to: number; readonly quoted: boolean };
}

/** A script as far as the question goes what a text that is put into it would become. */
export interface ShellReading {
  /** By place of the mark. */
  readonly quoting: ReadonlyMap<number, Quoting>;
  /** All of them, those of `$(…)` and of subshells included. */
  readonly commands: readonly Command[];
  /** Whether it defines a function. */
  readonly functions: boolean;
  /** Texts that bash looks at as arithmetic or as a variable's name: `$((…))`, `${a[…]}`, `${!a}`. */
  readonly evaluated: readonly string[];
}

/** A word while it is read. */
export class WordBuilder {
  #text = '';
  readonly #marks: number[] = [];
  constant = true;

  add(char: string, place: number): void {
    this.#text += char;
    if (char === tagMark) this.#marks.push(place);
  }

  done(): Pick<Word, 'text' | 'marks' | 'constant'> {
    return { text: this.#text, marks: this.#marks, constant: this.constant };
  }
}

/** A command while it is read. */
export interface OpenCommand {
  from: number;
  assignments: Word[];
  words: Word[];
  redirections: Redirection[];
  pipedFrom: number | undefined;
}

/** Words behind which a command begins. */
export const openers = new Set(['if', 'then', 'elif', 'else', 'do', 'while', 'until', '!', '{', 'time']);
/** Words that end a compound command. */
export const closers = new Set(['fi', 'done', 'esac', '}']);
