import { printable } from '../../printable.js';
import type { Labels, Metric, Scrape } from './catalogue.js';

/** Values of one metric: a configuration with more jails or logs than this is shown in part. */
const mostSamples = 20_000;

/** Prometheus' text format, version 0.0.4. */
export function exposition(metrics: readonly Metric[], scrape: Scrape): string {
  const lines: string[] = [];
  for (const { name, type, help, read } of metrics) {
    const samples = read(scrape);
    if (samples.length === 0) continue;
    lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\')}`, `# TYPE ${name} ${type}`);
    for (const { labels = {}, value, suffix = '' } of samples.slice(0, mostSamples)) {
      lines.push(`${name}${suffix}${written(labels)} ${value}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Names of jails and logs may hold anything: what is hidden is made visible, what ends a value is escaped. */
function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    return `${name}="${printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
