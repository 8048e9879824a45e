import { evaluatedTags } from './evaluation.js';
import { commandNames, type ProgramUse, programUse } from './interpreters.js';
import { readShell } from './shell-reader.js';
import { type Command, type Quoting, type ShellReading, tagMark, type Word } from './shell-syntax.js';

/**
 * In which form a value may stand at a place.
 * - `exact`: as a variable, which a shell expands as data.
 * - `mail`: likewise, but no line of it begins with `~`, which `mail` takes for a command.
 * - `reduced`: as text of letters, digits, blanks and `_.:,/@%+=-`; it becomes text of a program.
 * - `tight`: likewise without blanks, which could divide a command from an assignment.
 * - `bare`: letters, digits and `_.:@` alone, for patterns and arithmetic.
 * - `marked`: likewise, behind a `_`, so that it names no command, file or option.
 * - `nothing`: not at all: it would name the command.
 */
export type Form = 'exact' | 'mail' | 'reduced' | 'tight' | 'bare' | 'marked' | 'nothing';

/** What an administrator should know of a tag's place. */
export interface Concern {
  /** `text`: the value becomes program text, so it is reduced. `unseen`: the program does not see it. `command`: it names the command. */
  readonly kind: 'text' | 'unseen' | 'command';
  /** The program whose text it is in. */
  readonly program: string;
}

export interface Place {
  readonly form: Form;
  /** Put between double quotes, so that it stays one word. */
  readonly quote: boolean;
  /** The variable is expanded by a shell inside this one, so it has to be in the environment. */
  readonly inherited: boolean;
  readonly concern: Concern | undefined;
}

/** Of a tag that stands nowhere that is known: the value can do no harm wherever that is. */
export const unknownPlace: Place = {
  form: 'bare',
  quote: false,
  inherited: false,
  concern: { kind: 'text', program: 'a place that cannot be told' },
};

const order: readonly Form[] = ['exact', 'mail', 'reduced', 'tight', 'bare', 'marked', 'nothing'];
/**
 * What follows a value looks at commands in pairs. A script with more of them than anybody writes is not studied: no value arrives as it is.
 */
const commandLimit = 1000;
/** A shell inside a shell inside a shell; what lies deeper is not looked into. */
const nestingLimit = 6;

/** Finds out for every tag of a script (`tagMark` in the source), in order, how its value may stand there. */
export function placesOf(source: string): readonly Place[] {
  const { places } = studied(source, 0);
  return [...places].sort(([left], [right]) => left - right).map(([, place]) => place);
}

interface Study {
  readonly places: Map<number, Place>;
  /** Something in it runs, or looks at as an expression, a text that is put together at run time. */
  readonly dynamic: boolean;
}

function studied(source: string, depth: number): Study {
  const reading = readShell(source);
  const places = new Map([...reading.quoting].map(([at, quoting]) => [at, firstPlace(quoting)] as const));
  if (reading.commands.length > commandLimit) {
    return { places: new Map([...places.keys()].map((at) => [at, unknownPlace])), dynamic: true };
  }
  const inside = new Places(source, places);
  const reaches = new Set<Reach>();
  for (const command of reading.commands) {
    for (const named of commandNames(command)) {
      inside.limitRange(named, 'nothing', { kind: 'command', program: '' });
      if (!named.constant) reaches.add('named');
    }
    const use = programUse(command);
    if (use !== undefined) reaches.add(limitProgram(use, command, inside, reading, depth));
  }
  for (const command of reading.commands) {
    const name = command.words[0]?.text ?? 'the shell';
    for (const word of literalWords(command)) {
      lookInside(word, inside, depth, undefined);
      inside.unseen(word, name);
    }
    for (const { document } of command.redirections) if (document?.quoted) inside.unseen(document, name);
  }
  const dynamic = reaches.has('dynamic') || reaches.has('everything') || reaches.has('named');
  if (reaches.has('everything') || (dynamic && captures(reading, source))) {
    const form = reaches.has('named') ? 'marked' : 'tight';
    inside.limitAll(form, { kind: 'text', program: 'a command that is put together at run time' });
  }
  const { evaluates, ranges } = evaluatedTags(source, reading);
  for (const range of ranges) inside.limitRange(range, 'bare', { kind: 'text', program: 'arithmetic' });
  return { places, dynamic: dynamic || evaluates };
}

function firstPlace(quoting: Quoting): Place {
  const quote = quoting === 'none';
  const form: Form = quoting === 'loose' ? 'bare' : 'exact';
  return { form, quote, inherited: quoting === 'literal', concern: undefined };
}

/**
 * How far a command reaches: it runs a text made at run time (`named`: its very name is a variable), or what came in by a way that
 * cannot be followed.
 */
type Reach = 'plain' | 'named' | 'dynamic' | 'everything';

/** Limits what stands in the text of a program. */
function limitProgram(use: ProgramUse, command: Command, inside: Places, reading: ShellReading, depth: number): Reach {
  const concern: Concern = { kind: 'text', program: use.name };
  const form: Form = use.delimited ? 'bare' : 'reduced';
  const isShell = use.kind === 'shell' || use.kind === 'hidden-shell';
  let reach: Reach = 'plain';
  const widen = (to: Reach) => {
    if (reach !== 'everything') reach = to;
  };
  for (const word of use.risky) {
    inside.limitRange(word, use.name === 'alias' ? 'marked' : 'bare', concern);
    if (!word.constant) widen('dynamic');
    if (isShell && (isInput(word.text) || isWritten(word, reading))) widen('everything');
  }
  for (const word of use.programs) {
    if (isShell && isWritten(word, reading)) widen('everything');
    if (!word.constant) {
      inside.limitRange(word, form, concern);
      if (isShell) studyText(word, inside, depth, use.name);
      // An escaped text in an expression of sed (`s/$escaped/…/`) is the common way.
      if (!use.delimited && word.text.includes('$')) widen('dynamic');
      continue;
    }
    if (isShell && lookInside(word, inside, depth, use.name)) {
      widen('dynamic');
      for (const value of use.values) inside.limitRange(value, 'reduced', concern);
    }
    if (use.hidden || !isShell) inside.unseen(word, use.name, true);
  }
  if (!use.readsProgram) return reach;
  const stdin: Form = use.kind === 'mail' ? 'mail' : isShell ? 'tight' : form;
  if (command.pipedFrom !== undefined) {
    inside.limitRange({ from: command.pipedFrom, to: command.from }, stdin, concern);
    for (const { words, redirections } of commandsWithin(reading, command.pipedFrom, command.from)) {
      if (isShell) for (const word of words.slice(1)) studyText(word, inside, depth, use.name);
      // The body of a here-document stands behind the whole line.
      for (const { document } of redirections) {
        if (document === undefined) continue;
        inside.limitRange(document, stdin, concern);
        if (isShell) studyText(inside.textOf(document), inside, depth, use.name);
      }
    }
    if (use.kind === 'shell') widen('everything');
  }
  let given = command.pipedFrom !== undefined;
  for (const { operator, target, document } of command.redirections) {
    if (!operator.startsWith('<')) continue;
    given = true;
    if (document === undefined) {
      inside.limitRange(target, stdin, concern);
      const unclear = operator === '<&' || !target.constant || isInput(target.text) || isWritten(target, reading);
      if (use.kind === 'shell' && unclear) widen('everything');
    } else if (!document.quoted) {
      inside.limitRange(document, stdin, concern);
      if (isShell) studyText(inside.textOf(document), inside, depth, use.name);
    } else if (isShell && lookInside(inside.textOf(document), inside, depth, use.name)) widen('dynamic');
  }
  if (!given && use.kind === 'shell' && use.programs.length === 0 && use.risky.length === 0) widen('everything');
  return reach;
}

/** Looks for places in a text that becomes a program where even a reduced value would be too much. */
function studyText({ text, marks }: Word, inside: Places, depth: number, program: string): void {
  if (marks.length === 0 || depth >= nestingLimit) return;
  const found = [...studied(text, depth + 1).places].sort(([left], [right]) => left - right);
  for (const [index, [, { form, concern }]] of found.entries()) {
    const at = marks[index];
    if (at !== undefined && form !== 'exact') inside.limit(at, form, concern ?? { kind: 'text', program });
  }
}

/** The commands of a pipeline up to one of them. */
function commandsWithin({ commands }: ShellReading, from: number, to: number): readonly Command[] {
  return commands.filter((command) => command.from >= from && command.to <= to);
}

/** Looks at a literal text as at a script of its own, which it may be. Answers whether that runs text made at run time. */
function lookInside(word: Word, inside: Places, depth: number, shell: string | undefined): boolean {
  if (!word.constant || (shell === undefined && word.marks.length === 0)) return false;
  if (depth >= nestingLimit) {
    for (const at of word.marks) inside.limit(at, 'tight', { kind: 'text', program: shell ?? 'a nested program' });
    return true;
  }
  const { places, dynamic } = studied(word.text, depth + 1);
  const found = [...places].sort(([left], [right]) => left - right);
  for (const [index, [, place]] of found.entries()) {
    const at = word.marks[index];
    if (at !== undefined) inside.merge(at, place, shell);
  }
  return dynamic;
}

/** Words whose tags the shell does not expand, whatever program they are for. */
function* literalWords({ assignments, words, redirections }: Command): Iterable<Word> {
  yield* assignments;
  yield* words;
  for (const { target } of redirections) yield target;
}

/** Whether values may get into variables, files or functions on their way to a command that is put together at run time. */
function captures({ commands, functions }: ShellReading, source: string): boolean {
  if (functions) return true;
  const holdsTag = ({ from, to }: Range) => source.slice(from, to).includes(tagMark);
  return commands.some(({ assignments, words }) => {
    if (assignments.some(holdsTag)) return true;
    const name = words[0]?.text ?? '';
    if (/^(?:read|mapfile|readarray)$/.test(name)) return true;
    if (/^(?:for|select|set|export|declare|local|readonly|typeset)$/.test(name) && words.some(holdsTag)) return true;
    return words.some((word) => word.text.includes('$') && holdsTag(word));
  });
}

/** The names under which a program reads what is piped into it. */
function isInput(path: string): boolean {
  return path === '-' || /^\/(?:dev|proc)\//.test(path);
}

/** Whether a file that is run is one that the script itself writes. */
function isWritten(word: Word, { commands }: ShellReading): boolean {
  return commands.some(
    ({ words, redirections }) =>
      redirections.some(({ operator, target }) => operator.startsWith('>') && target.text === word.text) ||
      (/^(?:tee|cp|mv|install|ln)$/.test(words[0]?.text ?? '') &&
        words.some(({ text }) => text === word.text && word.text !== '')),
  );
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The places of one script while they are being limited. */
class Places {
  readonly #source: string;
  readonly #places: Map<number, Place>;
  readonly #sorted: readonly number[];
  /** Literal places that a shell inside this one expands. */
  readonly #expanded = new Set<number>();

  constructor(source: string, places: Map<number, Place>) {
    this.#source = source;
    this.#places = places;
    this.#sorted = [...places.keys()].sort((left, right) => left - right);
  }

  limitAll(form: Form, concern: Concern): void {
    for (const at of this.#sorted) if (this.#places.get(at)!.form === 'exact') this.limit(at, form, concern);
  }

  limitRange({ from, to }: Range, form: Form, concern: Concern): void {
    for (const at of this.#sorted) {
      if (at < from || at >= to) continue;
      const allowed = form === 'reduced' && !this.#blanksAreSafe(from, at) ? 'tight' : form;
      this.limit(at, allowed, concern);
    }
  }

  limit(at: number, form: Form, concern: Concern): void {
    const place = this.#places.get(at)!;
    if (order.indexOf(form) <= order.indexOf(place.form)) return;
    const text = form !== 'mail';
    this.#places.set(at, { form, quote: !text && place.quote, inherited: !text && place.inherited, concern });
  }

  /** The program that has this literal text does not see the variables, unless a shell expands them (and not even then: `never`). */
  unseen({ from, to }: Range, program: string, never = false): void {
    for (const at of this.#sorted) {
      const place = this.#places.get(at)!;
      if (at < from || at >= to || !place.inherited || place.concern !== undefined) continue;
      if (!never && this.#expanded.has(at)) continue;
      this.#places.set(at, { ...place, concern: { kind: 'unseen', program } });
    }
  }

  /** Takes over what was found out about a text as a script of its own; `shell` runs it, undefined: perhaps somebody does. */
  merge(at: number, inner: Place, shell: string | undefined): void {
    const place = this.#places.get(at)!;
    if (shell !== undefined) this.#expanded.add(at);
    if (place.form !== 'exact') return;
    if (shell === undefined) {
      // Nobody may run it; then it is data, and a value that names no command is as good as any.
      if (inner.form === 'nothing' || inner.form === 'exact') return;
      this.limit(at, inner.form, inner.concern ?? { kind: 'text', program: 'a nested program' });
      return;
    }
    if (inner.form === 'exact') this.#places.set(at, { ...place, quote: inner.quote, concern: inner.concern });
    else this.limit(at, inner.form, inner.concern ?? { kind: 'text', program: shell });
  }

  /** The body of a here-document as a word. */
  textOf({ from, to }: Range): Word {
    const marks = this.#sorted.filter((at) => at >= from && at < to);
    return { from, to, text: this.#source.slice(from, to), marks, constant: true };
  }

  /**
   * Whether a value with blanks is still nothing but words of a plain command. `who=<tag>; …` is not: `x reboot` would make it
   * an assignment and a command.
   */
  #blanksAreSafe(from: number, at: number): boolean {
    const before = this.#source.slice(from, at);
    const command = before.slice(Math.max(...[...';|&\n(){}`'].map((char) => before.lastIndexOf(char))) + 1);
    return /^[\s"']*(?:eval\s+["']?)?(?:echo|printf|logger|cat|grep|wall|print|say|mail|sendmail)\s[^=]*$/.test(
      command,
    );
  }
}
