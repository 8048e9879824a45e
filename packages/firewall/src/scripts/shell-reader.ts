import {
  type Command,
  closers,
  type OpenCommand,
  openers,
  type Quoting,
  type Redirection,
  type ShellReading,
  tagMark,
  type Word,
  WordBuilder,
} from './shell-syntax.js';

/** Reads a script of a POSIX shell. It takes every text; what it cannot be sure of is `loose`. Linear in the script. */
export function readShell(source: string): ShellReading {
  return new ShellReader(source).read();
}

/** Deeper than any honest script; what lies deeper is loose, and nothing is read there. */
const depthLimit = 40;

class ShellReader {
  readonly #source: string;
  readonly #quoting = new Map<number, Quoting>();
  readonly #commands: Command[] = [];
  readonly #pending: Redirection[] = [];
  readonly #evaluated: string[] = [];
  #functions = false;
  #at = 0;
  #depth = 0;
  /** From here on the quotes are not certain. */
  #doubtFrom = Number.POSITIVE_INFINITY;

  constructor(source: string) {
    this.#source = source;
  }

  read(): ShellReading {
    this.#program('');
    if (this.#pending.length > 0) this.#doubtFrom = 0;
    for (const place of this.#quoting.keys()) if (place >= this.#doubtFrom) this.#quoting.set(place, 'loose');
    const evaluated = this.#evaluated;
    return { quoting: this.#quoting, commands: this.#commands, functions: this.#functions, evaluated };
  }

  #doubt(): void {
    this.#doubtFrom = Math.min(this.#doubtFrom, this.#at);
  }

  /** The reader goes down with the script's depth, which must not use up the stack. */
  #giveUp(): void {
    this.#doubt();
    for (; this.#at < this.#source.length; this.#at += 1) this.#markIf(this.#at, 'loose');
  }

  /** Reads commands up to `end`: `)`, a backtick, or the end of the text. */
  #program(end: string): void {
    const source = this.#source;
    const begin = this.#at;
    if (this.#depth > depthLimit) return this.#giveUp();
    this.#depth += 1;
    let command: OpenCommand | undefined;
    let pipedFrom: number | undefined;
    let pipeline = this.#at;
    let closed = false;
    const cases: { pattern: boolean }[] = [];
    const open = (): OpenCommand => {
      command ??= { from: this.#at, assignments: [], words: [], redirections: [], pipedFrom };
      return command;
    };
    const finish = (): void => {
      if (command === undefined) return;
      const { words } = command;
      if (words.length > 0 || command.assignments.length > 0 || command.redirections.length > 0) {
        this.#commands.push({ ...command, to: this.#at });
      }
      if (words[0] !== undefined && closers.has(words[0].text)) closed = true;
      command = undefined;
    };
    const separate = (): void => {
      finish();
      closed = false;
      pipedFrom = undefined;
      pipeline = this.#at + 1;
    };
    while (this.#at < source.length) {
      const char = source[this.#at]!;
      if (char === end && !(end === ')' && cases.at(-1)?.pattern === true)) break;
      if (char === ' ' || char === '\t') this.#at += 1;
      else if (char === '\\' && source[this.#at + 1] === '\n') this.#at += 2;
      else if (char === '\n') {
        separate();
        this.#at += 1;
        this.#documents();
        pipeline = this.#at;
      } else if (char === '#') this.#comment(end);
      else if (char === ';' || char === '&') {
        separate();
        this.#at += 1;
        const last = cases.at(-1);
        if (char === ';' && /[;&]/.test(source[this.#at] ?? '') && last !== undefined) last.pattern = true;
      } else if (char === '|') {
        finish();
        const two = source[this.#at + 1];
        this.#at += two === '|' || two === '&' ? 2 : 1;
        if (cases.at(-1)?.pattern === true) continue;
        if (two === '|') {
          closed = false;
          pipedFrom = undefined;
          pipeline = this.#at;
        } else {
          // What a compound command pipes began somewhere before its last word: all so far is meant.
          pipedFrom = closed ? begin : pipeline;
          pipeline = pipedFrom;
          closed = false;
        }
      } else if (char === ')') {
        const last = cases.at(-1);
        if (last !== undefined) last.pattern = false;
        separate();
        this.#at += 1;
      } else if (char === '(') {
        this.#at += 1;
        if (cases.at(-1)?.pattern === true) continue;
        // The parentheses of a function's name: its body is commands like any others.
        if (command !== undefined && command.words.length > 0) {
          this.#functions = true;
          command = undefined;
        }
        if (source[this.#at] === '(') this.#loose(/\)\)/g);
        else {
          this.#program(')');
          this.#at += 1;
        }
        closed = true;
      } else if (char === '<' || char === '>') this.#redirection(open());
      else {
        const current = open();
        const word = this.#word(end);
        if (current.words.length === 0 && openers.has(word.text) && word.constant) {
          if (current.assignments.length === 0 && current.redirections.length === 0) command = undefined;
          continue;
        }
        const last = cases.at(-1);
        if (last?.pattern === true && current.words.length === 0 && word.text !== 'esac') continue;
        if (current.words.length === 0 && /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/.test(word.text)) {
          current.assignments.push(word);
        } else current.words.push(word);
        const first = current.words[0]?.text;
        if (first === 'function') this.#functions = true;
        if (word.text === 'in' && first === 'case' && current.words.length === 3) {
          cases.push({ pattern: true });
          finish();
        } else if (first === 'esac' && current.words.length === 1) cases.pop();
      }
    }
    finish();
    this.#depth -= 1;
  }

  #comment(end: string): void {
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at]!;
      if (char === '\n' || (end === '`' && char === '`')) return;
      if (char === tagMark) this.#quoting.set(this.#at, 'comment');
      this.#at += 1;
    }
  }

  #redirection(command: OpenCommand): void {
    const rest = this.#source.slice(this.#at, this.#at + 3);
    const operator = /^(?:<<<|<<-|<<|<>|<&|>>|>\||>&|<\(|>\(|[<>])/.exec(rest)![0];
    this.#at += operator.length;
    if (operator.endsWith('(')) {
      this.#at -= operator.length;
      command.words.push(this.#process());
      return;
    }
    while (/[ \t]/.test(this.#source[this.#at] ?? '')) this.#at += 1;
    const from = this.#at;
    // `< <(…)`: a redirection from a process.
    const fromProcess = /^[<>]\($/.test(this.#source.slice(from, from + 2));
    const target = fromProcess ? this.#process() : this.#word('');
    const redirection: Redirection = { operator: operator === '<<-' ? '<<' : operator, target };
    command.redirections.push(redirection);
    if (redirection.operator !== '<<') return;
    if (!target.constant || target.marks.length > 0) this.#doubt();
    const quoted = /["'\\]/.test(this.#source.slice(from, this.#at));
    this.#pending.push(Object.assign(redirection, { document: { from: operator === '<<-' ? 1 : 0, to: 0, quoted } }));
  }

  /** Reads `<(…)` or `>(…)`. */
  #process(): Word {
    const from = this.#at;
    this.#at += 2;
    this.#program(')');
    this.#at += 1;
    return { from, to: this.#at, text: '$', marks: [], constant: false };
  }

  /** Reads the here-documents whose commands stood in the line before. */
  #documents(): void {
    for (const redirection of this.#pending.splice(0)) {
      const { quoted, from: tabs } = redirection.document!;
      const from = this.#at;
      let to = this.#source.length;
      let next = to;
      for (let line = from; line < this.#source.length; ) {
        const newline = this.#source.indexOf('\n', line);
        const end = newline < 0 ? this.#source.length : newline;
        const text = this.#source.slice(line, end);
        if ((tabs === 1 ? text.replace(/^\t+/, '') : text) === redirection.target.text) {
          to = line;
          next = Math.min(end + 1, this.#source.length);
          break;
        }
        line = end + 1;
      }
      redirection.document = { from, to, quoted };
      if (quoted) for (let at = from; at < to; at += 1) this.#markIf(at, 'literal');
      else {
        this.#double('', to, 'document');
        if (this.#at > to) this.#doubt();
      }
      this.#at = next;
    }
  }

  #markIf(place: number, quoting: Quoting): void {
    if (this.#source[place] === tagMark) this.#quoting.set(place, quoting);
  }

  #word(end: string): Word {
    const from = this.#at;
    const word = new WordBuilder();
    const source = this.#source;
    while (this.#at < source.length) {
      const char = source[this.#at]!;
      if (/[\s;&|()<>]/.test(char) || char === end) break;
      if (char === '\\') {
        const next = source[this.#at + 1];
        if (next === tagMark) this.#quoting.set(this.#at + 1, 'literal');
        if (next !== undefined && next !== '\n') word.add(next, this.#at + 1);
        this.#at += 2;
      } else if (char === "'") this.#single(word);
      else if (char === '"') {
        this.#at += 1;
        this.#double('"', source.length, 'double', word);
      } else if (char === '$' || char === '`') this.#expansion('none', word);
      else {
        if (char === tagMark) {
          this.#quoting.set(this.#at, 'none');
          word.constant = false;
        }
        word.add(char, this.#at);
        this.#at += 1;
      }
    }
    // A lone character that no rule takes (a stray bracket) must not hold the reading up.
    if (this.#at === from) this.#at += 1;
    return { from, to: this.#at, ...word.done() };
  }

  #single(word: WordBuilder): void {
    const end = this.#source.indexOf("'", this.#at + 1);
    if (end < 0) this.#doubt();
    const to = end < 0 ? this.#source.length : end;
    for (let at = this.#at + 1; at < to; at += 1) {
      this.#markIf(at, 'literal');
      word.add(this.#source[at]!, at);
    }
    this.#at = to + 1;
  }

  /** Reads what stands between double quotes, or the body of a here-document up to `limit`. */
  #double(end: '"' | '', limit: number, quoting: Quoting, word = new WordBuilder()): void {
    const source = this.#source;
    while (this.#at < limit) {
      const char = source[this.#at]!;
      if (char === end) {
        this.#at += 1;
        return;
      }
      if (char === '\\') {
        const next = source[this.#at + 1] ?? '';
        if (next === tagMark) this.#quoting.set(this.#at + 1, 'literal');
        if (!/[$`"\\\n]/.test(next)) word.add('\\', this.#at);
        if (next !== '\n' && next !== '') word.add(next, this.#at + 1);
        this.#at += 2;
      } else if (char === '$' || char === '`') this.#expansion(quoting, word);
      else {
        if (char === tagMark) {
          this.#quoting.set(this.#at, quoting);
          word.constant = false;
        }
        word.add(char, this.#at);
        this.#at += 1;
      }
    }
    if (end !== '') this.#doubt();
  }

  /** Reads from a `$` or a backtick on. */
  #expansion(quoting: Quoting, word: WordBuilder): void {
    const source = this.#source;
    const rest = source.slice(this.#at, this.#at + 3);
    if (rest.startsWith("$'") && quoting === 'none') {
      // Text with escapes to one shell, a dollar and single quotes to another.
      this.#doubt();
      this.#at += 1;
      return;
    }
    const grows = /^(?:[`$]|\$.)/s.test(rest) && /^(?:`|\$[\w({@*#?$!\0[-])/.test(rest);
    word.add('$', this.#at);
    if (!grows) {
      this.#at += 1;
      return;
    }
    word.constant = false;
    if (rest.startsWith('`')) this.#backticks();
    else if (rest.startsWith('$((')) this.#loose(/\)\)/g);
    else if (rest.startsWith('$[')) this.#loose(/\]/g);
    else if (rest.startsWith('${')) this.#braces(quoting);
    else if (rest.startsWith('$(')) {
      this.#at += 2;
      this.#program(')');
      this.#at += 1;
    } else {
      // `$<tag>` would name a variable; it is loose, and what follows decides nothing.
      this.#markIf(this.#at + 1, 'loose');
      this.#at += 2;
    }
  }

  #backticks(): void {
    const from = this.#at + 1;
    let to = from;
    let escaped = false;
    while (to < this.#source.length && this.#source[to] !== '`') {
      if (this.#source[to] === '\\') {
        escaped = true;
        to += 1;
      }
      to += 1;
    }
    if (escaped) {
      for (let at = from; at < to; at += 1) this.#markIf(at, 'loose');
      this.#at = to + 1;
      return;
    }
    this.#at = from;
    this.#program('`');
    if (this.#at !== to) this.#doubt();
    this.#at = to + 1;
  }

  #braces(quoting: Quoting): void {
    const from = this.#at;
    this.#readBraces(quoting);
    const text = this.#source.slice(from, this.#at);
    if (/^\$\{(?:!|#?\w+\[(?![@*\d]+\])|\w+@|[\w@*]+:[^-+=?])/.test(text)) this.#evaluated.push(text);
  }

  #readBraces(quoting: Quoting): void {
    let depth = 0;
    while (this.#at < this.#source.length) {
      const char = this.#source[this.#at]!;
      this.#markIf(this.#at, 'loose');
      if (char === '$' && this.#source[this.#at + 1] === '{') {
        depth += 1;
        this.#at += 1;
      } else if (char === '}') depth -= 1;
      else if (char === '\\') {
        this.#markIf(this.#at + 1, 'loose');
        this.#at += 1;
      } else if (/['"`]/.test(char)) {
        // Shells disagree about quotes in here; a pair on its own outside of quotes is the one clear case.
        const close = this.#source.indexOf(char, this.#at + 1);
        const inside = close < 0 ? '' : this.#source.slice(this.#at + 1, close);
        if (quoting !== 'none' || close < 0 || /["'`\\$\0]/.test(inside)) this.#doubt();
        else this.#at = close;
      }
      this.#at += 1;
      if (depth === 0) return;
    }
    this.#doubt();
  }

  /** Passes over text up to an end that is told by `end`; all its tags are loose. */
  #loose(end: RegExp): void {
    end.lastIndex = this.#at;
    const match = end.exec(this.#source);
    const to = match === null ? this.#source.length : match.index + match[0].length;
    if (match === null || /["'`\\]/.test(this.#source.slice(this.#at, to))) this.#doubt();
    this.#evaluated.push(this.#source.slice(this.#at, to));
    for (; this.#at < to; this.#at += 1) this.#markIf(this.#at, 'loose');
  }
}
