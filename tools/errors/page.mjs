// docs/errors.md, made of the packages' tables of errors.

/**
 * @typedef {Readonly<Record<string, { readonly means: string, readonly advice: string }>>} ErrorTable
 * @typedef {{ readonly title: string, readonly about: string, readonly table: ErrorTable }} Chapter
 */

/**
 * @param {readonly Chapter[]} chapters
 * @returns {string} the page, as Markdown
 */
export function errorsPage(chapters) {
  const head = `# Errors, and what to do

Each of f2b's errors, warnings and findings has a code that stays the same while its sentence may improve; \`--json\` output and the
answers on the control socket carry it. The message itself says what was wrong and where. This page is written by
\`npm run errors\` from the tables in the sources.
`;
  return `${[head, ...chapters.map(chapter)].join('\n')}`;
}

/** @param {Chapter} chapter */
function chapter({ title, about, table }) {
  const rows = Object.entries(table).map(([code, { means, advice }]) => [`\`${code}\``, cell(means), cell(advice)]);
  const lines = [['code', 'what it means', 'what to do'], ['---', '---', '---'], ...rows];
  return `## ${title}\n\n${about}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** @param {string} text */
function cell(text) {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/`[^`]*`/g, (code) => code.replaceAll('&lt;', '<'));
}
