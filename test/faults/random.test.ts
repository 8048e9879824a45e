import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../condition.js';
import { keptFailures } from '../kept-failures.js';
import { StoredDaemon } from '../stored-daemon.js';
import { FaultyLog, type Naming } from './faulty-log.js';

// biome-ignore lint/suspicious/noUndeclaredEnvVars: a person's wish for more of the same; no cached task depends on it
const rounds = Number(process.env.F2B_ROUNDS ?? 4);
// biome-ignore lint/suspicious/noUndeclaredEnvVars: a person's wish for other faults; no cached task depends on it
const seed = Number(process.env.F2B_SEED ?? 1);
/** Rounds that one log goes through: then it is looked whether all is as it should be, and another one begins. */
const roundsPerLog = 10;

let directory: string;
let daemon: StoredDaemon;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'f2b-faults-'));
});
afterEach(async () => {
  await daemon.end('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Tally {
  written: number;
  counted: number;
  lost: number;
  doubled: number;
}

/** Some rounds on one log: a life of the daemon each, faults while it lives, its death at any moment, faults while it is dead. */
async function runRounds(many: number, number: number, naming: Naming, pattern: string): Promise<Tally> {
  const random = randomFrom(seed + number);
  const home = mkdtempSync(join(directory, 'log-'));
  daemon = new StoredDaemon(home, { maxretry: '2', logpath: join(home, `door.log${pattern}`) });
  const log = new FaultyLog(daemon.log, random, naming);
  const story: string[] = [];
  for (let round = 0; round < many; round++) {
    daemon.start();
    // Some die before they have begun; not the first, or nobody has ever seen the log.
    if (round === 0 || random() < 0.85) await daemon.follows();
    for (let faults = Math.floor(random() * 25); faults > 0; faults--) {
      story.push(`${log.written}: ${log.fault()}`);
      await wait(random() * (random() < 0.1 ? 400 : 30));
    }
    await daemon.end('SIGKILL');
    story.push('kill');
    for (let faults = Math.floor(random() * 6); faults > 0; faults--) story.push(`${log.written}: ${log.fault()}`);
  }
  daemon.start();
  await daemon.ready();
  log.finish();
  const addresses = log.addresses();
  const seen = () => keptFailures(daemon.database).map(({ address }) => address);
  await eventually('every line to be counted', () => new Set(seen()).size === addresses.length, 15_000).catch(() => {});
  await daemon.end('SIGTERM');
  const counted = seen();
  const distinct = new Set(counted);
  const lost = addresses.filter((address) => !distinct.has(address));
  const doubled = counted.filter((address, i) => counted.indexOf(address) !== i);
  if (lost.length + doubled.length > 0) {
    console.error(
      `seed ${seed + number}: ${home}: lost ${lost.join(' ')}; doubled ${doubled.join(' ')}\n${story.join('; ')}`,
    );
  }
  return { written: addresses.length, counted: counted.length, lost: lost.length, doubled: doubled.length };
}

it(`T21 random faults with kills: ${rounds} rounds lose no line and double none`, async () => {
  const sum: Tally = { written: 0, counted: 0, lost: 0, doubled: 0 };
  for (let done = 0, number = 0; done < rounds; number++) {
    const many = Math.min(rounds - done, roundsPerLog);
    const tally = await runRounds(many, number, number % 2 === 0 ? 'numbers' : 'dates', number % 4 < 2 ? '' : '*');
    for (const key of ['written', 'counted', 'lost', 'doubled'] as const) sum[key] += tally[key];
    done += many;
  }
  const { written, counted, lost, doubled } = sum;
  console.info(`${rounds} rounds: ${written} lines written, ${counted} counted, ${lost} lost, ${doubled} doubled`);
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
}, 3_600_000);
