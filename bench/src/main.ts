import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureDump } from './dump.js';
import { measureFilters } from './filters.js';
import { measureJails } from './jails.js';
import { measureLive } from './live.js';
import { type MeasuredKind, measuredLogs } from './logs/kinds.js';
import { machineLines, machineName } from './machine.js';
import { microReport } from './micro/report.js';
import { measureOffline, type OfflineOptions, type OfflineResult } from './offline.js';
import { optionsText, type Part, readSuiteOptions, type SuiteOptions } from './options.js';
import { chart } from './page/chart.js';
import { report } from './page/report.js';
import { measureSizes } from './sizes.js';
import { measureStartup } from './startup.js';
import type { SuiteResult } from './targets.js';

const folder = fileURLToPath(new URL('..', import.meta.url));
/** Shares of attacks; the kinds that no target asks more of have fewer, so that it ends in reasonable time. */
const hitRates: Readonly<Record<MeasuredKind, readonly number[]>> = {
  sshd: [0, 0.005, 0.05, 0.3],
  gateway: [0.005, 0.05, 0.3],
  asterisk: [0.005, 0.05],
  nginx: [0.005, 0.05],
};

/** The configuration that f2b and fail2ban-regex take filters from by themselves. */
const configuration =
  ['/etc/f2b', '/etc/fail2ban'].find((directory) => existsSync(join(directory, 'filter.d'))) ??
  fileURLToPath(new URL('../../packages/cli/defaults', import.meta.url));

const say = (what: string) => process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${what}\n`);

function measureKind(kind: Part & MeasuredKind, options: OfflineOptions): OfflineResult[] {
  const { filter } = measuredLogs[kind];
  if (!existsSync(join(configuration, 'filter.d', `${filter}.conf`))) {
    say(`${kind}: left out, since ${configuration} has no filter ${filter}`);
    return [];
  }
  return hitRates[kind].map((hitRate) => measureOffline({ kind, hitRate }, options));
}

/** @param failed hears of a part that could not be measured; the others are */
async function measureSuite(
  { only, lines, rounds }: SuiteOptions,
  directory: string,
  failed: (part: Part) => void,
): Promise<SuiteResult> {
  const options: OfflineOptions = { directory, lines, rounds, until: Date.now(), say };
  const measured = async <Result>(part: Part, measure: () => Result | Promise<Result>) => {
    if (!only.includes(part)) return undefined;
    const began = process.uptime();
    try {
      return await measure();
    } catch (error) {
      say(`${part}: ${(error as Error).message}`);
      failed(part);
      return undefined;
    } finally {
      say(`${part}: ${Math.round(process.uptime() - began)} s`);
    }
  };
  const offline: OfflineResult[] = [];
  for (const kind of ['sshd', 'gateway', 'asterisk', 'nginx'] as const) {
    offline.push(...((await measured(kind, () => measureKind(kind, options))) ?? []));
  }
  return {
    offline,
    sizes: await measured('sizes', () => measureSizes(options)),
    filters: await measured('filters', () => measureFilters(configuration, options)),
    jails: await measured('jails', () => measureJails(configuration, options)),
    live: await measured('live', () => measureLive(configuration, options)),
    startup: await measured('startup', () => measureStartup(configuration, options)),
    dump: await measured('dump', () => measureDump(configuration, options)),
  };
}

function writeDown(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
  say(`wrote bench/${file}`);
}

async function main(): Promise<number> {
  let options: SuiteOptions;
  try {
    options = readSuiteOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    return 2;
  }
  const machine = machineLines(folder);
  if (options.micro) {
    const page = microReport(machine, say);
    process.stdout.write(page);
    writeDown('MICRO.md', page);
    return 0;
  }
  const directory = mkdtempSync(join(options.directory ?? tmpdir(), 'f2b-bench-'));
  const clear = () => rmSync(directory, { recursive: true, force: true });
  process.once('SIGINT', () => {
    clear();
    process.exit(130);
  });
  try {
    const failures: Part[] = [];
    const results = await measureSuite(options, directory, (part) => failures.push(part));
    const page = report(results, { machine, options: optionsText(options) });
    process.stdout.write(page);
    if (options.write) {
      writeDown('RESULTS.md', page);
      if (results.offline.length > 0) writeDown('RESULTS.svg', chart(results.offline, machineName()));
    }
    // A faster answer that is another one would be no gain.
    const differ = results.offline.some(({ same }) => same.some(({ different }) => different > 0));
    return differ || failures.length > 0 ? 1 : 0;
  } finally {
    clear();
  }
}

process.exitCode = await main();
