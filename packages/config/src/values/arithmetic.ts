/** Nesting of parentheses and signs; deeper is no sensible expression, and recursion has to end. */
const maxDepth = 50;

/**
 * Evaluates an arithmetic expression by Python's rules: numbers, `+ - * / // %`, signs, parentheses; `//` and `%` round
 * towards minus infinity. Nothing is ever run as code.
 *
 * Times go by this and formulas by `expression.ts`, whose grammars are not one: a formula has names, calls, comparisons and powers,
 * and may come to NaN for one ban; a time is read once, divides by zero or has a power never, and is told why in words of its own.
 *
 * @returns the value, or a sentence fragment that says why there is none
 */
export function evaluateArithmetic(expression: string): number | string {
  try {
    return new Evaluator(expression).run();
  } catch (error) {
    if (error instanceof ArithmeticError) return error.message;
    throw error;
  }
}

class ArithmeticError extends Error {}

const numberPattern = /(?:[0-9](?:_?[0-9])*)?\.?[0-9]*(?:[eE][+-]?[0-9]+)?/y;

class Evaluator {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): number {
    const value = this.#sum();
    this.#blanks();
    if (this.#at < this.#text.length) throw new ArithmeticError(`'${this.#text.slice(this.#at)}' has no meaning here`);
    if (!Number.isFinite(value)) throw new ArithmeticError('the result is no finite number');
    return value;
  }

  #sum(): number {
    let value = this.#product();
    for (;;) {
      if (this.#take('+')) value += this.#product();
      else if (this.#take('-')) value -= this.#product();
      else return value;
    }
  }

  #product(): number {
    let value = this.#signed();
    for (;;) {
      if (this.#text.startsWith('**', this.#skipped())) throw new ArithmeticError("'**' is not allowed");
      if (this.#take('*')) value *= this.#signed();
      else if (this.#take('//')) value = Math.floor(value / this.#divisor());
      else if (this.#take('/')) value /= this.#divisor();
      else if (this.#take('%')) {
        const divisor = this.#divisor();
        value -= divisor * Math.floor(value / divisor);
      } else return value;
    }
  }

  #divisor(): number {
    const value = this.#signed();
    if (value === 0) throw new ArithmeticError('it divides by zero');
    return value;
  }

  #signed(): number {
    if (++this.#depth > maxDepth) throw new ArithmeticError('it is nested too deeply');
    try {
      if (this.#take('-')) return -this.#signed();
      if (this.#take('+')) return this.#signed();
      if (this.#take('(')) {
        const value = this.#sum();
        if (!this.#take(')')) throw new ArithmeticError('a parenthesis is not closed');
        return value;
      }
      return this.#number();
    } finally {
      this.#depth--;
    }
  }

  #number(): number {
    this.#blanks();
    numberPattern.lastIndex = this.#at;
    const text = numberPattern.exec(this.#text)?.[0] ?? '';
    if (!/^[0-9.]/.test(text) || !/[0-9]/.test(text)) {
      const rest = this.#text.slice(this.#at);
      throw new ArithmeticError(rest === '' ? 'a number is missing' : `'${rest}' is no number`);
    }
    if (/^0[0-9_]*[1-9]/.test(text) && !/[.eE]/.test(text)) throw new ArithmeticError('a number may not begin with 0');
    this.#at += text.length;
    return Number(text.replaceAll('_', ''));
  }

  #take(sign: string): boolean {
    this.#blanks();
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  #blanks(): void {
    this.#at = this.#skipped();
  }

  #skipped(): number {
    let at = this.#at;
    while (this.#text[at] === ' ' || this.#text[at] === '\t' || this.#text[at] === '\n') at++;
    return at;
  }
}
