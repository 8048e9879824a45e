import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { debianPython } from './requirements.js';

/** Answers one JSON line per expression: "error", or per line null, "slow", or all offsets in UTF-16 units. */
const oracleScript = `
import json, re, signal, sys, warnings
warnings.simplefilter('ignore')
def slow(*_):
    raise TimeoutError
signal.signal(signal.SIGALRM, slow)
def units(text, at):
    return -1 if at < 0 else len(text[:at].encode('utf-16-le', 'surrogatepass')) // 2
def search(regex, text):
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        found = regex.search(text)
    except TimeoutError:
        return 'slow'
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if found is None:
        return None
    return [units(text, at) for group in range(regex.groups + 1) for at in found.span(group)]
for line in sys.stdin:
    asked = json.loads(line)
    flags = (re.M if asked['multiline'] else 0) | (re.I if asked['ignoreCase'] else 0)
    try:
        regex = re.compile(asked['source'], flags)
    except (re.error, OverflowError, ValueError) as error:
        print(json.dumps({'error': str(error)}), flush=True)
        continue
    print(json.dumps({'matches': [search(regex, text) for text in asked['lines']]}), flush=True)
`;

export interface Question {
  readonly source: string;
  readonly multiline: boolean;
  readonly ignoreCase: boolean;
  readonly lines: readonly string[];
}
export type Answer = { readonly error: string } | { readonly matches: readonly (null | 'slow' | readonly number[])[] };

/** One long-lived interpreter that is asked expression by expression. */
export class Python {
  readonly #process: ChildProcessWithoutNullStreams = spawn(debianPython, ['-c', oracleScript]);
  readonly #answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  async ask(question: Question): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value } = await this.#answers.next();
    return JSON.parse(value) as Answer;
  }

  end(): void {
    this.#process.stdin.end();
  }
}
