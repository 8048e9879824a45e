import { formatOrigin, type JailSettings } from '@f2b/config';
import { Replay, type ReplayedBan, realEdges } from '@f2b/core';
import type { LineMatch, ScanPool } from '@f2b/matcher';
import { CliError } from '../../errors.js';
import { printable, printableJson } from '../../printable.js';
import { chooseDirectory } from '../regex/config-directory.js';
import { Output, ReaderGone } from '../regex/output.js';
import { Progress } from '../regex/progress.js';
import { readInTime } from './logs.js';
import type { ReplayCommandOptions, SideOptions } from './options.js';
import { banAsJson, banLine, figures, figuresAsJson } from './report.js';
import type { Read, Side } from './side.js';
import { triedSettings } from './tried-settings.js';

/** Bans that are listed; further ones are only counted. */
const mostListed = 1_000_000;
/** Logs that are read side by side. */
const mostLogs = 512;

/**
 * Runs `f2b replay`.
 * @param workers for logs that are worth them
 * @returns the exit code
 * @throws CliError, ConfigError, FilterError
 */
export async function runReplay(
  options: ReplayCommandOptions,
  logs: readonly string[],
  workers: ScanPool | undefined,
): Promise<number> {
  if (logs.length === 0) throw new CliError('F2B_USAGE', 'replay: name the logs, or - for the standard input');
  if (logs.length > mostLogs) throw new CliError('F2B_USAGE', `replay: at most ${mostLogs} logs at a time`);
  if (logs.filter((log) => log === '-').length > 1) throw new CliError('F2B_USAGE', 'replay: - can be read once');
  const directory = chooseDirectory(options.config);
  const sides = options.sides.map((one) => openSide(directory, one, options.resolve));
  for (const { replay } of sides) await replay.begin();
  const read: Read = { lines: 0, passedOver: 0, matches: 0, from: undefined, to: undefined, seconds: 0 };
  const began = performance.now();
  for (const together of bySameFilter(sides)) {
    if (together !== sides && logs.includes('-') && read.lines > 0) {
      throw new CliError(
        'F2B_USAGE',
        'replay: the standard input can be read once, and the two sides differ in their filter',
      );
    }
    Object.assign(read, { lines: 0, passedOver: 0, matches: 0 });
    await judgeAll(together, logs, read, workers);
  }
  read.seconds = (performance.now() - began) / 1000;
  const out = new Output(process.stdout);
  try {
    await write(out, options, sides, read);
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error;
  }
  return 0;
}

function openSide(directory: string, options: SideOptions, resolve: boolean): Side {
  const settings = triedSettings(directory, options, ({ severity, what, origin, advice }) => {
    const place = origin === undefined ? '' : `${formatOrigin(origin)}: `;
    process.stderr.write(`${printable(`f2b: ${place}${severity}: ${what} ${advice}`)}\n`);
  });
  const bans: ReplayedBan[] = [];
  const problems: string[] = [];
  const replay = new Replay(settings, {
    edges: realEdges(() => {}),
    resolve,
    ban: (ban) => {
      if (bans.length < mostListed) bans.push(ban);
    },
    problem: (what) => void problems.push(what),
  });
  if (replay.filter.failregex.length === 0) {
    throw new CliError('F2B_NO_FAILREGEX', `the jail '${options.jail}' has no failregex: nothing could match`);
  }
  return { options, settings, replay, bans, problems };
}

/** Sides that judge the same matches read the logs once. */
function bySameFilter(sides: readonly Side[]): readonly (readonly Side[])[] {
  const [first, second] = sides;
  if (second === undefined || sameFilter(first!.settings, second.settings)) return [sides];
  return sides.map((side) => [side]);
}

function sameFilter(one: JailSettings, other: JailSettings): boolean {
  const without = ({ filter }: JailSettings) =>
    JSON.stringify(filter, (key, value: unknown) => (key === 'origin' ? undefined : value));
  return without(one) === without(other);
}

async function judgeAll(
  sides: readonly Side[],
  paths: readonly string[],
  read: Read,
  workers: ScanPool | undefined,
): Promise<void> {
  const progress = new Progress();
  const judge = (match: LineMatch, now: number) => {
    read.from ??= now;
    read.to = Math.max(read.to ?? now, now);
    // Cut out of the scan's result each time that they are asked for.
    const { time, date, tuple, groups, preceding, lines } = match;
    const line = { time, date, tuple, groups, preceding, lines };
    for (const { replay } of sides) replay.line(line, now);
  };
  const report = (done: number | undefined) =>
    progress.at(paths.length === 1 ? done : undefined, read.lines, read.matches);
  const { filter } = sides[0]!.replay;
  await readInTime({ paths, filter, workers, now: Date.now(), counts: read, progress: report }, judge);
  progress.end();
}

async function write(out: Output, options: ReplayCommandOptions, sides: readonly Side[], read: Read): Promise<void> {
  const several = sides.length > 1;
  if (!options.quiet) {
    for (const { ban, side } of inOrder(sides)) {
      out.line(options.json ? printableJson(banAsJson(ban, side)) : banLine(ban, several ? side : undefined));
      if (out.full) await out.flush();
    }
    if (!options.json && sides.some(({ bans }) => bans.length > 0)) out.line('');
  }
  if (options.json) out.line(printableJson(figuresAsJson(sides, read)));
  else for (const line of figures(sides, read, mostListed)) out.line(line);
  await out.flush();
}

/** The bans of all sides as they would have been made. */
function* inOrder(sides: readonly Side[]): Generator<{ readonly ban: ReplayedBan; readonly side: number }> {
  const next = sides.map(() => 0);
  for (;;) {
    let side = -1;
    for (const [index, { bans }] of sides.entries()) {
      const ban = bans[next[index]!];
      if (ban !== undefined && (side < 0 || ban.at < sides[side]!.bans[next[side]!]!.at)) side = index;
    }
    if (side < 0) return;
    yield { ban: sides[side]!.bans[next[side]!++]!, side };
  }
}
