import { type JailSettings, readSpec, standardInput } from '@f2b/config';
import { CoreError } from '../../errors.js';

/** What a jail reads that is neither a file nor the journal: the standard input, or what a command prints. */
export interface JailStream {
  /** How it is called in logs and in status: the same text means the same stream. */
  readonly name: string;
  /** The program and its arguments; undefined: the standard input. */
  readonly command: readonly string[] | undefined;
}

const known = ['run', 'shell'];
/** What only a shell would understand: with `run`, nobody does. */
const shellOnly = /[|&;<>()$`\\*?[\]{}~!#]/;

/** Whether a jail's lines are what a command prints. */
export function readsCommand({ backend }: Pick<JailSettings, 'backend'>): boolean {
  return /^command(?:\[|$)/.test(backend.value.trim());
}

/** Whether a jail reads the standard input, perhaps beside files. */
export function readsStandardInput({ logpaths }: Pick<JailSettings, 'logpaths'>): boolean {
  return logpaths.some(({ pattern }) => pattern === standardInput);
}

/**
 * The stream that a jail reads; undefined for one that reads files or the journal alone.
 * @throws CoreError `F2B_COMMAND` for what is wrong in the brackets behind `command`
 */
export function jailStream(settings: Pick<JailSettings, 'backend' | 'logpaths'>): JailStream | undefined {
  if (!readsCommand(settings)) {
    return readsStandardInput(settings) ? { name: standardInput, command: undefined } : undefined;
  }
  const { args } = readSpec(settings.backend.value);
  for (const name of args.keys()) {
    if (!known.includes(name)) throw mistake(`a command has no option '${name}'; there are run and shell`);
  }
  const run = args.get('run')?.trim() ?? '';
  const shell = args.get('shell')?.trim() ?? '';
  if ((run === '') === (shell === '')) {
    throw mistake('a command is either run=PROGRAM WITH ARGUMENTS or shell=COMMAND; write one of them');
  }
  if (shell !== '') return { name: `command[${shell}]`, command: ['/bin/sh', '-c', shell] };
  return { name: `command[${run}]`, command: wordsOf(run) };
}

/**
 * Words are divided by blanks; single or double quotes hold together, and are taken off.
 * @throws CoreError `F2B_COMMAND` for a quote without its end, and for what only a shell would understand
 */
function wordsOf(run: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [part, quoted, other, blank] of run.matchAll(/((?:"[^"]*")|(?:'[^']*'))|([^\s"']+)|(\s+)|["']/g)) {
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quoted !== undefined) word = (word ?? '') + quoted.slice(1, -1);
    else if (other === undefined) throw mistake(`a quote (${part}) has no end in run=${run}`);
    else if (shellOnly.test(other)) {
      throw mistake(`run=${run} is started without a shell, which '${other}' is for; write shell= in place of run=`);
    } else word = (word ?? '') + other;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function mistake(what: string): CoreError {
  return new CoreError('F2B_COMMAND', what);
}
