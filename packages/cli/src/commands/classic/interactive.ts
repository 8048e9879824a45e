import { createInterface } from 'node:readline';
import type { Flags } from '../../commandline/flags.js';
import { reasonOf } from '../../errors.js';
import { printable, printableText } from '../../printable.js';
import { classicUsage } from './usage.js';
import { runWords } from './words.js';

/** `-i`: commands of fail2ban-client, one a line, until `exit`, `quit` or the end of what is typed. */
export async function interact(flags: Flags): Promise<number> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: 'fail2ban> ',
    terminal: process.stdin.isTTY,
  });
  lines.prompt();
  for await (const line of lines) {
    const words = splitWords(line);
    if (words === undefined) process.stdout.write(`No closing quotation: ${printable(line)}\n`);
    else if (words[0] === 'exit' || words[0] === 'quit') break;
    else if (words[0] === 'help') process.stdout.write(classicUsage('fail2ban-client'));
    else if (words.length > 0) await one(flags, words);
    lines.prompt();
  }
  lines.close();
  return 0;
}

/** What goes wrong with one line is said, and the next one may be better. */
async function one(flags: Flags, words: readonly string[]): Promise<void> {
  try {
    await runWords(flags, words, 'fail2ban-client');
  } catch (error) {
    process.stdout.write(`${printableText(reasonOf(error))}\n`);
  }
}

/** Splits a line as a shell would: at blanks, quotes and backslashes minded. @returns undefined where a quote is left open */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at]!;
    if (quote !== '' ? letter === quote : letter === '"' || letter === "'") {
      quote = quote === '' ? letter : '';
      word ??= '';
    } else if (letter === '\\' && quote !== "'" && at + 1 < line.length) {
      at += 1;
      const kept = quote === '"' && line[at] !== '"' && line[at] !== '\\';
      word = (word ?? '') + (kept ? `\\${line[at]}` : line[at]);
    } else if (quote === '' && /\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}
