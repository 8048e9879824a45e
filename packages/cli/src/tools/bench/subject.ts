import { type CompiledFilter, compileFilter, type MatchSettings } from '@f2b/matcher';
import { findSubject } from '../regex/subject.js';

/** A filter to be measured: enough to compile the same one in another process. */
export interface BenchSubject {
  /** As written on the command line. */
  readonly text: string;
  /** The configuration directory. */
  readonly directory: string;
  readonly datepattern: string | undefined;
}

/**
 * Reads and compiles it, as `f2b regex` would.
 * @throws CliError, ConfigError, FilterError
 */
export function compileSubject({ text, directory, datepattern }: BenchSubject): CompiledFilter {
  const { settings } = findSubject(text, { directory, backend: 'auto' });
  const dated: MatchSettings =
    datepattern === undefined ? settings : { ...settings, datepattern: { value: datepattern, origin: undefined } };
  return compileFilter(dated);
}
