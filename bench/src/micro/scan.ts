import * as stages from '@f2b/matcher/stages';
import { generateLog, type LogKindName } from 'f2b';
import type { Way } from './timing.js';

/** The lines that contain one of some literals, found in a block of bytes. */
export interface ScanJob {
  readonly name: string;
  readonly bytes: number;
  readonly ways: readonly Way[];
}

const lines = 40_000;
const literals = [
  'Failed password',
  'Invalid user',
  'maximum authentication attempts',
  'Connection closed by',
  'not allowed because',
];

/** The same log at several hit rates: our scanner beside what V8 and RE2-less code would do. */
export function scanJobs(): ScanJob[] {
  return [0, 0.05, 0.3].map((hitRate) => scanJob('sshd', hitRate));
}

function scanJob(kind: LogKindName, hitRate: number): ScanJob {
  const log = { kind, hitRate, lines, seed: 7, until: Date.UTC(2026, 0, 31) };
  const bytes = Buffer.from([...generateLog(log)].join(''), 'latin1');
  const scanner = new stages.LiteralScanner(
    literals.map((text, bit) => ({ text: Buffer.from(text), foldCase: false, bit })),
  );
  const alternation = new RegExp(literals.join('|'), 'g');
  const single = new RegExp(literals.join('|'));
  return {
    name: `${literals.length} literals, ${hitRate * 100} % of lines have one`,
    bytes: bytes.length,
    ways: [
      {
        name: 'block scan in WebAssembly',
        run() {
          scanner.block(bytes.length).set(bytes);
          let found = 0;
          scanner.scan(bytes.length, 1 << 16, (rows) => {
            found += rows.count;
          });
          return found;
        },
      },
      {
        name: 'V8: one alternation over the block as text',
        run() {
          const text = bytes.toString('latin1');
          let found = 0;
          alternation.lastIndex = 0;
          while (alternation.exec(text) !== null) {
            found++;
            const newline = text.indexOf('\n', alternation.lastIndex);
            alternation.lastIndex = newline < 0 ? text.length : newline;
          }
          return found;
        },
      },
      {
        name: 'V8: the alternation line by line',
        run() {
          let found = 0;
          for (const line of bytes.toString('latin1').split('\n')) if (single.test(line)) found++;
          return found;
        },
      },
      {
        name: 'Buffer.indexOf for each literal',
        run() {
          const found = new Set<number>();
          for (const literal of literals) {
            for (let at = bytes.indexOf(literal); at >= 0; at = bytes.indexOf(literal, at + 1)) {
              found.add(bytes.lastIndexOf(10, at));
            }
          }
          return found.size;
        },
      },
    ],
  };
}
