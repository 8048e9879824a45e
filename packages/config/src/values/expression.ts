/** What the names of an expression stand for: `ban.Time`, `ban.Count`, `banFactor`. */
export type Variables = ReadonlyMap<string, number>;

/** An expression, read and ready to be evaluated any number of times. Evaluation may give NaN or an infinity, never throws. */
export type Expression = (variables: Variables) => number;

/** An expression that cannot be read, with the column; what may stand in one. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(source: string, column: number, what: string) {
    super(`${what} at column ${column} of '${source.length > 60 ? `${source.slice(0, 57)}...` : source}'`);
  }
}

/** What to write instead. */
export const expressionAdvice =
  "Allowed are numbers, + - * / // % ** << >>, comparisons, 'a if b else c', ban.Time, ban.Count, banFactor, min, max, abs, int, float, round and math functions.";

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Longest expression that is read, and deepest nesting: the text comes from configuration or over the socket. */
const maxLength = 2000;
const maxDepth = 50;

const functions = new Map<string, (...args: number[]) => number>([
  ['min', Math.min],
  ['max', Math.max],
  ['abs', Math.abs],
  ['int', Math.trunc],
  ['float', (x = 0) => x],
  ['round', (x = 0) => roundHalfEven(x)],
  ['pow', Math.pow],
  ['math.exp', Math.exp],
  ['math.log', (x = 0, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base))],
  ['math.log2', Math.log2],
  ['math.log10', Math.log10],
  ['math.sqrt', Math.sqrt],
  ['math.pow', Math.pow],
  ['math.floor', Math.floor],
  ['math.ceil', Math.ceil],
  ['math.sin', Math.sin],
  ['math.cos', Math.cos],
]);
const constants = new Map([
  ['math.pi', Math.PI],
  ['math.e', Math.E],
  ['True', 1],
  ['False', 0],
]);

/**
 * Reads an arithmetic expression in Python's syntax. fail2ban hands such text to Python's `eval`; here nothing but
 * arithmetic can be said. A `#` begins a comment.
 *
 * @throws ExpressionError
 */
export function parseExpression(source: string, names: readonly string[] = []): Expression {
  const parser = new Parser(source, new Set(names));
  return parser.whole();
}

/** Evaluates an expression without names, such as `2.0 / 2.885385`. */
export function evaluate(source: string): number {
  return parseExpression(source)(new Map());
}

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly column: number;
}

const tokenPattern =
  /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)?)|(<<|>>|<=|>=|==|!=|\*\*|\/\/|[-+*/%()<>,]))/y;

function tokensOf(source: string): Token[] {
  if (source.length > maxLength) throw new ExpressionError(source, 1, `More than ${maxLength} characters`);
  const tokens: Token[] = [];
  const hash = source.indexOf('#');
  const end = (hash < 0 ? source : source.slice(0, hash)).trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const from = tokenPattern.lastIndex;
    const found = tokenPattern.exec(source);
    if (found === null)
      throw new ExpressionError(source, from + 1, `Unexpected '${source.slice(from).trimStart().charAt(0)}'`);
    const [all, number, name, sign] = found;
    const text = number ?? name ?? sign ?? '';
    const column = from + all.length - text.length + 1;
    tokens.push({ kind: number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign', text, column });
  }
  tokens.push({ kind: 'end', text: 'end', column: end + 1 });
  return tokens;
}

type Binary = (a: number, b: number) => number;

/** Python's binary operators from the loosest to the tightest; all of these group to the left. */
const levels: readonly ReadonlyMap<string, Binary>[] = [
  new Map<string, Binary>([
    ['<', (a, b) => Number(a < b)],
    ['>', (a, b) => Number(a > b)],
    ['<=', (a, b) => Number(a <= b)],
    ['>=', (a, b) => Number(a >= b)],
    ['==', (a, b) => Number(a === b)],
    ['!=', (a, b) => Number(a !== b)],
  ]),
  new Map<string, Binary>([
    ['<<', (a, b) => a * 2 ** b],
    ['>>', (a, b) => Math.floor(a / 2 ** b)],
  ]),
  new Map<string, Binary>([
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
  ]),
  new Map<string, Binary>([
    ['*', (a, b) => a * b],
    ['/', (a, b) => a / b],
    ['//', (a, b) => Math.floor(a / b)],
    ['%', (a, b) => a - Math.floor(a / b) * b],
  ]),
];

class Parser {
  readonly #tokens: readonly Token[];
  readonly #source: string;
  readonly #names: ReadonlySet<string>;
  #at = 0;
  #depth = 0;

  constructor(source: string, names: ReadonlySet<string>) {
    this.#source = source;
    this.#names = names;
    this.#tokens = tokensOf(source);
  }

  whole(): Expression {
    const expression = this.#choice();
    if (this.#peek().kind !== 'end') this.#fail(`Unexpected '${this.#peek().text}'`);
    return expression;
  }

  /** `a if b else c` */
  #choice(): Expression {
    if (++this.#depth > maxDepth) this.#fail('Nested too deeply');
    const value = this.#binary(0);
    let result = value;
    if (this.#takeName('if')) {
      const condition = this.#binary(0);
      if (!this.#takeName('else')) this.#fail("Missing 'else'");
      const otherwise = this.#choice();
      result = (variables) => (condition(variables) !== 0 ? value(variables) : otherwise(variables));
    }
    this.#depth--;
    return result;
  }

  #binary(level: number): Expression {
    const operators = levels[level];
    if (operators === undefined) return this.#signed();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#peek().kind === 'sign' ? operators.get(this.#peek().text) : undefined;
      if (operator === undefined) return left;
      this.#at++;
      const a = left;
      const b = this.#binary(level + 1);
      left = (variables) => operator(a(variables), b(variables));
    }
  }

  /** A sign binds looser than `**`, as in Python: `-2 ** 2` is -4. */
  #signed(): Expression {
    let negative = false;
    for (;;) {
      if (this.#takeSign('-')) negative = !negative;
      else if (!this.#takeSign('+')) break;
    }
    const operand = this.#power();
    return negative ? (variables) => -operand(variables) : operand;
  }

  #power(): Expression {
    const base = this.#operand();
    if (!this.#takeSign('**')) return base;
    if (++this.#depth > maxDepth) this.#fail('Nested too deeply');
    const exponent = this.#signed();
    this.#depth--;
    return (variables) => base(variables) ** exponent(variables);
  }

  #operand(): Expression {
    const token = this.#peek();
    if (token.kind === 'number') {
      this.#at++;
      const value = Number(token.text);
      return () => value;
    }
    if (this.#takeSign('(')) {
      const inner = this.#choice();
      this.#expect(')');
      return inner;
    }
    if (token.kind === 'name') {
      this.#at++;
      return this.#named(token);
    }
    return this.#fail(token.kind === 'end' ? 'Unexpected end' : `Unexpected '${token.text}'`);
  }

  #named(token: Token): Expression {
    const { text: name } = token;
    const constant = constants.get(name);
    if (constant !== undefined) return () => constant;
    if (this.#names.has(name)) return (variables) => variables.get(name) ?? Number.NaN;
    const call = functions.get(name);
    if (call === undefined) return this.#fail(`Unknown name '${name}'`, token);
    this.#expect('(');
    const args = [this.#choice()];
    while (this.#takeSign(',')) args.push(this.#choice());
    this.#expect(')');
    return (variables) => call(...args.map((arg) => arg(variables)));
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #takeSign(text: string): boolean {
    return this.#take('sign', text);
  }

  #takeName(text: string): boolean {
    return this.#take('name', text);
  }

  #take(kind: Token['kind'], text: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== text) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takeSign(sign)) this.#fail(`Expected '${sign}'`);
  }

  #fail(what: string, token: Token = this.#peek()): never {
    throw new ExpressionError(this.#source, token.column, what);
  }
}
