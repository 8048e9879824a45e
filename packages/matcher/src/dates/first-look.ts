/**
 * Whether a default template can match a line at all, asked of the language's own expressions: these are ready at once, where compiling all
 * default templates takes as long as the start of the whole program. Most logs need two of them.
 */
import type { Template } from './templates.js';

/** Longer lines are not looked at: however they are made, no look takes long, nor much of the stack. */
const longest = 2048;
const plain = /^[\0-\x7f]*$/;

/** Whether a look at a line can be trusted: what letters, digits and blanks are, the languages agree on in ASCII. */
export function isForLook(line: string): boolean {
  return line.length <= longest && plain.test(line);
}

/**
 * The look of a default template at lines that are for it: where it says no, the template matches nowhere in the line. Where it says yes,
 * the template has to be asked.
 */
export function firstLook({ regex, value }: Template): (line: string) => boolean {
  let look: RegExp | undefined;
  return (line) => {
    look ??= value === 'epoch' ? /\d{10}/ : translated(regex);
    return look.test(line);
  };
}

function translated(regex: string): RegExp {
  const [flags] = /^\(\?[a-z]+\)/.exec(regex) ?? [''];
  const source = regex
    .slice(flags.length)
    // Only what stands in another group is asked for again.
    .replace(/\(\?P<(?!_sep>)\w+>/g, '(?:')
    .replace('(?P<_sep>', '(?<_sep>')
    .replaceAll('(?P=_sep)', '\\k<_sep>')
    // Python counts four more controls as blanks.
    .replaceAll('\\s', '[\\s\\x1c-\\x1f]');
  return new RegExp(source, flags.includes('i') ? 'i' : '');
}
