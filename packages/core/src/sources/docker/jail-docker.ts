import type { JailSettings } from '@f2b/config';

/** Whether Docker's lines are unwrapped for a jail: always, where a file begins with one, or never. */
export type Unwrapping = 'always' | 'found' | 'never';

/** An expression that knows what Docker writes around a line, and wants to see it. */
const knowsTheWrapping = /\\?"(?:log|stream|time|attrs)\\?"|^\^?\\?\{/;

/** fail2ban's own words in a datepattern, such as `{^LN-BEG}` and `{DATE}`: their brace is none of the log's. */
const wordsOfDatepattern = /\{[*^]*[A-Z][A-Z-]*\}/g;

/**
 * What a jail asks for: `backend = docker-json`, or to have it found (`auto`). A filter that was written for the lines as they stand in the
 * file goes on seeing them.
 */
export function unwrappingOf({ backend, filter }: Pick<JailSettings, 'backend' | 'filter'>): Unwrapping {
  const { value } = backend;
  if (/^docker-json(?:\[|$)/.test(value)) return 'always';
  if (!value.startsWith('auto')) return 'never';
  const texts = [filter.prefregex, ...filter.failregex, ...filter.ignoreregex].map((one) => one?.source ?? '');
  const pattern = filter.datepattern?.value.replace(wordsOfDatepattern, '') ?? '';
  return [...texts, pattern].some((text) => knowsTheWrapping.test(text)) ? 'never' : 'found';
}
