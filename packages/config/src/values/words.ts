/** Python's `shlex.split`: words at blanks, quotes joined into words, backslash escapes. Undefined: a quote is not closed. */
export function splitShellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote === "'") {
      if (char === quote) quote = '';
      else word += char;
    } else if (quote === '"') {
      if (char === quote) quote = '';
      else if (char === '\\' && at + 1 < text.length && (text[at + 1] === '"' || text[at + 1] === '\\'))
        word += text[++at]!;
      else word += char;
    } else if (char === '\\') {
      if (++at >= text.length) return undefined;
      word = (word ?? '') + text[at]!;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === ' ' || char === '\t' || char === '\n' || char === '\r') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote) return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

/** `ignoreip`: words at blanks, commas and newlines; a `#` word is a word like any other. */
export function splitAddressList(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
