import type { Figure, OfflineResult } from '../offline.js';
import { typed } from '../outputs.js';

const width = 900;
const barHeight = 16;
const left = 330;
const right = 90;
const colours: Readonly<Record<string, string>> = {
  'f2b regex': '#1f6f8b',
  'fail2ban-regex': '#c2571a',
  "sshguard's parser": '#7a7a7a',
};
const otherColour = '#a8a8a8';

/** A bar for each contender and log, lines per second on a logarithmic scale: the contenders lie orders of magnitude apart. */
export function chart(results: readonly OfflineResult[], machine: string): string {
  const bars = results.flatMap((result) =>
    result.figures.filter(isShown).map((figure, index) => ({
      label: `${result.kind}, ${Number((result.hitRate * 100).toFixed(1))} %: ${figureName(figure)}`,
      rate: figure.linesPerSecond,
      colour: colours[figure.program] ?? otherColour,
      gap: index === 0 ? 10 : 2,
    })),
  );
  const { from, to } = decadesOf(bars.map(({ rate }) => rate));
  const x = (rate: number) => left + ((Math.log10(rate) - from) / (to - from)) * (width - left - right);
  let y = 46;
  const shapes: string[] = [];
  for (const bar of bars) {
    y += bar.gap;
    const middle = y + barHeight / 2 + 4;
    const end = x(bar.rate);
    shapes.push(
      `<text x="${left - 8}" y="${middle}" text-anchor="end">${escaped(bar.label)}</text>`,
      `<rect x="${left}" y="${y}" width="${(end - left).toFixed(1)}" height="${barHeight}" fill="${bar.colour}"/>`,
      `<text x="${(end + 5).toFixed(1)}" y="${middle}">${Math.round(bar.rate).toLocaleString('en')}</text>`,
    );
    y += barHeight;
  }
  const grid = Array.from({ length: to - from + 1 }, (_, index) => from + index).map((decade) => {
    const at = x(10 ** decade).toFixed(1);
    return `<line x1="${at}" y1="40" x2="${at}" y2="${y}" stroke="#ddd"/><text x="${at}" y="34" text-anchor="middle">10^${decade}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 16}" font-family="sans-serif" font-size="12">`,
    '<title>Lines per second of each contender on each log, logarithmic</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="8" y="16">Lines per second, logarithmic. ${escaped(machine)}</text>`,
    ...grid,
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

/** Of the outputs the report, which most people type, and rows, which programs read: the others lie between them. */
function isShown({ program, output }: Figure): boolean {
  return !program.startsWith('Node') && (output === undefined || output === 'report' || output === 'row');
}

/** A program and what it prints. */
export function figureName({ program, output }: Figure): string {
  return output === undefined ? program : `${program}, ${output === 'report' ? 'report' : typed(output)}`;
}

/** Whole decades that hold all rates. */
function decadesOf(rates: readonly number[]): { from: number; to: number } {
  const from = Math.floor(Math.log10(Math.min(...rates, 1e4)));
  return { from, to: Math.max(from + 1, Math.ceil(Math.log10(Math.max(...rates, 1e5)))) };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
