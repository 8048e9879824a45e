// Samples over time as a picture: one band for each figure, time from left to right.

const width = 900;
const bandHeight = 120;
const left = 70;
const right = 20;
const top = 40;
const gap = 34;

/**
 * @param {{ title: string, seconds: readonly number[], bands: readonly { name: string, unit: string, values: readonly (number | undefined)[] }[],
 *   marks: readonly { second: number, kind: string }[] }} what
 * @returns {string} an SVG document
 */
export function chartOf({ title, seconds, bands, marks }) {
  const height = top + bands.length * (bandHeight + gap) + 30;
  const last = Math.max(1, seconds.at(-1) ?? 1);
  const x = (second) => left + (second / last) * (width - left - right);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="${left}" y="20" font-size="14">${escaped(title)}</text>`,
  ];
  bands.forEach(({ name, unit, values }, index) => {
    const y0 = top + index * (bandHeight + gap) + 16;
    const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
    const y = (value) => y0 + bandHeight - (value / most) * bandHeight;
    parts.push(
      `<text x="${left}" y="${y0 - 5}">${escaped(name)}</text>`,
      `<text x="${left - 6}" y="${y0 + 10}" text-anchor="end">${round(most)} ${escaped(unit)}</text>`,
      `<text x="${left - 6}" y="${y0 + bandHeight}" text-anchor="end">0</text>`,
      `<path d="M${left} ${y0}V${y0 + bandHeight}H${width - right}" fill="none" stroke="#999"/>`,
    );
    for (const { second, kind } of marks) {
      parts.push(
        `<path d="M${round(x(second))} ${y0}v${bandHeight}" stroke="${colours[kind] ?? '#ccc'}" stroke-dasharray="2 3"/>`,
      );
    }
    let path = '';
    values.forEach((value, i) => {
      if (value === undefined) return;
      const begins = path === '' || values[i - 1] === undefined;
      path += `${begins ? 'M' : 'L'}${round(x(seconds[i] ?? 0))} ${round(y(value))}`;
    });
    parts.push(`<path d="${path}" fill="none" stroke="#1f4e8c" stroke-width="1.3"/>`);
  });
  const kinds = [...new Set(marks.map(({ kind }) => kind))];
  kinds.forEach((kind, i) => {
    parts.push(
      `<text x="${left + i * 110}" y="${height - 10}" fill="${colours[kind] ?? '#999'}">${escaped(kind)}</text>`,
    );
  });
  parts.push(`<text x="${width - right}" y="${height - 10}" text-anchor="end">${round(last)} s</text>`, '</svg>', '');
  return parts.join('\n');
}

const colours = { kill: '#c0392b', restart: '#d98c1f', reload: '#3a9d5d' };

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(4));
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
