import { isIP } from 'node:net';
import { parse } from 'ini';
import type { Findings } from '../findings.js';
import type { MetricsPlace, OwnSettings } from '../settings.js';
import type { FileStore } from '../syntax/files.js';
import { nearest } from '../values/nearest.js';

export const ownDefaults: OwnSettings = {
  workers: undefined,
  blockBytes: 1024 * 1024,
  maxLineBytes: 64 * 1024,
  logformat: 'classic',
  metrics: undefined,
};

const maxWorkers = 64;

interface OwnKey {
  readonly expects: string;
  read(text: string): Partial<OwnSettings> | undefined;
}

/** Every key of `f2b.ini`. */
const keys = new Map<string, OwnKey>([
  [
    'workers',
    {
      expects: `a whole number from 1 to ${maxWorkers}`,
      read: (text) => wrap('workers', whole(text, 1, maxWorkers)),
    },
  ],
  [
    'block_bytes',
    { expects: 'a size from 64k to 64m', read: (text) => wrap('blockBytes', size(text, 64 * 1024, 64 * 1024 * 1024)) },
  ],
  [
    'max_line_bytes',
    { expects: 'a size from 1k to 16m', read: (text) => wrap('maxLineBytes', size(text, 1024, 16 * 1024 * 1024)) },
  ],
  [
    'logformat',
    {
      expects: 'classic or json',
      read: (text) => (text === 'classic' || text === 'json' ? { logformat: text } : undefined),
    },
  ],
  [
    'metrics',
    {
      expects: 'an absolute path, a loopback address with its port (127.0.0.1:9191), or exposed ADDRESS:PORT',
      read: (text) => wrap('metrics', metricsPlace(text)),
    },
  ],
  [
    'pname',
    {
      expects: 'a name of 1 to 32 letters, digits and ._-',
      read: (text) => (/^[\w.-]{1,32}$/.test(text) ? { pname: text } : undefined),
    },
  ],
]);

/** Figures of a guard are nobody's business on the network, unless somebody says so. */
function metricsPlace(text: string): MetricsPlace | undefined {
  if (text.startsWith('/')) return { kind: 'path', path: text };
  const match = /^(exposed\s+)?(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+|localhost)):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const host = match[2] ?? match[3]!;
  const port = Number(match[4]);
  const exposed = match[1] !== undefined;
  if (port > 65_535 || (host !== 'localhost' && isIP(host) === 0)) return undefined;
  const loopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return loopback || exposed ? { kind: 'address', host, port, exposed } : undefined;
}

/**
 * Reads `f2b.ini`, f2b's own few settings for which fail2ban has no word: plain `name = value` lines. A missing file means
 * all defaults. An unknown key or a value out of range is an error finding; the default then holds.
 */
export function readOwnSettings(path: string, store: FileStore, findings: Findings): OwnSettings {
  if (store.kind(path) === 'missing') return ownDefaults;
  const text = Buffer.from(store.edge.readFile(path)).toString('utf8');
  const origin = (key: string) => ({ file: path, line: lineOf(text, key), column: 1 });
  let settings = ownDefaults;
  for (const [name, value] of Object.entries(parse(text))) {
    const key = keys.get(name);
    if (!key || typeof value === 'object') {
      const near = nearest(name, keys.keys());
      findings.add(
        'error',
        'F2B_CONFIG_OWN',
        typeof value === 'object' ? `f2b.ini knows no section [${name}].` : `f2b.ini knows no setting '${name}'.`,
        origin(name),
        near ? `Did you mean '${near}'?` : `It knows ${[...keys.keys()].join(', ')}.`,
      );
      continue;
    }
    const read = key.read(String(value).trim());
    if (read) settings = { ...settings, ...read };
    else {
      findings.add(
        'error',
        'F2B_CONFIG_OWN',
        `'${name} = ${value}' in f2b.ini is not ${key.expects}.`,
        origin(name),
        `Write ${key.expects}; until then the default holds.`,
      );
    }
  }
  return settings;
}

function wrap<K extends keyof OwnSettings>(
  key: K,
  value: OwnSettings[K] | undefined,
): Partial<OwnSettings> | undefined {
  return value === undefined ? undefined : ({ [key]: value } as Partial<OwnSettings>);
}

function whole(text: string, low: number, high: number): number | undefined {
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
}

function size(text: string, low: number, high: number): number | undefined {
  const match = /^([0-9]{1,12})([kKmM]?)$/.exec(text);
  if (!match) return undefined;
  const value = Number(match[1]) * ({ k: 1024, m: 1024 * 1024 }[match[2]!.toLowerCase()] ?? 1);
  return value >= low && value <= high ? value : undefined;
}

function lineOf(text: string, key: string): number {
  const index = text.split(/\r?\n/).findIndex((line) => line.trim().replace(/^\[/, '').startsWith(key));
  return index < 0 ? 1 : index + 1;
}
