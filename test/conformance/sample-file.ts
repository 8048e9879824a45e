/**
 * Sample logs with expectations in the comments before their lines: `failJSON: {…}` says what the next line is expected to give,
 * `filterOptions: {…}` or `[…]` with which options the filter reads the lines that follow, `fileOptions: {…}` what all of them have in
 * common, `addFILE: "…"` that another sample file belongs to this filter too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Expectation = Readonly<Record<string, unknown>>;
export type SampleOptions = Readonly<Record<string, string>>;

/** One line of a sample file. */
export interface Sample {
  /** `file:line`, for people. */
  readonly place: string;
  readonly line: Uint8Array;
  /** Undefined: a line without expectation, which is to match nothing. */
  readonly expected: Expectation | undefined;
  /** Every set of options with which the line is to be read. */
  readonly options: readonly SampleOptions[];
}

const comment = /^#+ ?(failJSON|fileOptions|filterOptions|addFILE):(.+)$/;

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

/** Reads the samples of `name`, added files first come where they are named. */
export function readSamples(directory: string, name: string): Sample[] {
  const samples: Sample[] = [];
  let common: SampleOptions = {};
  let options: readonly SampleOptions[] = [{}];
  let expected: Expectation | undefined;
  let number = 0;
  for (const bytes of linesOf(readFileSync(join(directory, name)))) {
    number++;
    const text = Buffer.from(bytes).toString('utf8').replace(/\r$/, '');
    const found = comment.exec(text);
    if (found !== null) {
      const [, kind, json] = found as unknown as [string, string, string];
      const value: unknown = JSON.parse(json);
      if (kind === 'failJSON') expected = value as Expectation;
      else if (kind === 'addFILE') samples.push(...readSamples(directory, value as string));
      else if (kind === 'fileOptions') {
        common = value as SampleOptions;
        options = [common];
      } else options = [value].flat().map((one) => ({ ...common, ...(one as SampleOptions) }));
      continue;
    }
    if (text.startsWith('#') || text.trim() === '') continue;
    samples.push({ place: `${name}:${number}`, line: bytes, expected, options });
    expected = undefined;
  }
  return samples;
}

/**
 * Whether a condition of the samples holds: one comparison of `name` or of `opts.get('…')` with a quoted text.
 * @throws Error for anything else, so that a new form is noticed
 */
export function holds(condition: string, name: string, options: SampleOptions): boolean {
  const found = /^\s*(name|opts\.get\('(\w+)'\))\s*(==|!=)\s*'([^']*)'\s*$/.exec(condition);
  if (found === null) throw new Error(`unknown condition of a sample: ${condition}`);
  const [, subject, option, operator, text] = found;
  const value = subject === 'name' ? name : options[option!];
  return (value === text) === (operator === '==');
}
