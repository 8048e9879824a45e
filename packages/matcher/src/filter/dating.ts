import type { EpochMs } from '@f2b/config';
import {
  compileDatepattern,
  type DateDetector,
  DateError,
  type DateRanking,
  type FixedZone,
  type FoundDate,
  parseZone,
  processLocalTime,
} from '../dates/detector.js';
import { type Junction, junctionOf } from './junction.js';
import type { FilterProblem } from './problems.js';
import type { MatchSettings } from './settings.js';

/** A line as fail2ban keeps it: before the date, the date, after it. Concatenated they are the line. */
export type LineTuple = readonly [before: string, date: string, after: string];

export interface DateCut {
  readonly tuple: LineTuple;
  readonly found: FoundDate | undefined;
}

/** Finds, cuts out and reads the dates of one kind of log. */
export interface Dating {
  /** Filters with the same key cut and read every line alike, so that one of them can do it for all. */
  readonly key: string;
  /** Where a date can be cut out of text. */
  readonly junction: Junction;
  readonly detector: DateDetector;
  /** `logtimezone`, which holds for dates without a zone of their own. */
  readonly zone: FixedZone | undefined;
  newRanking(now: EpochMs): DateRanking;
  /** Only the date's own text (group 1) is cut; what stood around it stays and is joined. */
  cut(line: string, ranking: DateRanking): DateCut;
  /** NaN where the line has no date that converts. */
  time(cut: DateCut, now: EpochMs): EpochMs;
  /** How the line carries its date; `time` as the method of that name says it. */
  kind(cut: DateCut, time: EpochMs): 'own' | 'empty' | 'none';
}

/** Detectors never change, and the default templates take a good part of a second to compile: filters share them. */
const detectors = new Map<string, DateDetector>();
const keptDetectors = 64;

function sharedDetector(datepattern: string | undefined, thisYear: number): DateDetector {
  const key = JSON.stringify([datepattern ?? null, thisYear]);
  const known = detectors.get(key);
  if (known !== undefined) return known;
  const detector = compileDatepattern(datepattern, { thisYear });
  if (detectors.size >= keptDetectors) detectors.delete(detectors.keys().next().value!);
  detectors.set(key, detector);
  return detector;
}

/** Both parts of `dating` that a filter can set wrongly are tried, so that one run tells of both. */
function attempt<T>(make: () => T, failed: (error: DateError) => void): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof DateError)) throw error;
    failed(error);
    return undefined;
  }
}

/**
 * Compiles `datepattern` and `logtimezone` of a filter.
 *
 * @param thisYear bounds the years that the default templates accept
 * @param problems receives what is wrong; the result is then undefined
 */
export function compileDating(
  settings: Pick<MatchSettings, 'datepattern' | 'logtimezone'>,
  thisYear: number,
  problems: FilterProblem[],
): Dating | undefined {
  const { datepattern, logtimezone } = settings;
  const detector = attempt(
    () => sharedDetector(datepattern?.value, thisYear),
    (error) =>
      problems.push({
        code: 'F2B_FILTER_DATEPATTERN',
        option: 'datepattern',
        index: 0,
        what: `${error.message}.`,
        origin: datepattern?.origin,
        advice: "Try the pattern with: f2b regex -d 'PATTERN' 'a log line' 'an expression'.",
      }),
  );
  const zoneText = logtimezone?.value ?? '';
  let zoneFailed = false;
  const zone =
    zoneText.trim() === ''
      ? undefined
      : attempt(
          () => parseZone(zoneText),
          (error) => {
            zoneFailed = true;
            problems.push({
              code: 'F2B_FILTER_LOGTIMEZONE',
              option: 'logtimezone',
              index: 0,
              what: `${error.message}.`,
              origin: logtimezone?.origin,
              advice: 'Without logtimezone, times without a zone are read as local time.',
            });
          },
        );
  if (detector === undefined || zoneFailed) return undefined;
  const localTime = processLocalTime();
  // Lines come in bursts: one second's lines carry the same text.
  let known = { template: -1, text: '', now: Number.NaN, time: Number.NaN };
  return {
    key: JSON.stringify([datepattern?.value ?? null, zoneText, thisYear]),
    junction: junctionOf(detector),
    detector,
    zone,
    newRanking(now) {
      const ranking = detector.newRanking();
      ranking.now = now;
      return ranking;
    },
    cut(line, ranking) {
      const found = detector.find(line, ranking);
      if (found === undefined) return { tuple: ['', '', line], found };
      const { start, end } = found;
      return { tuple: [line.slice(0, start), line.slice(start, end), line.slice(end)], found };
    },
    time({ found }, now) {
      if (found === undefined || found.start === found.end) return Number.NaN;
      const text = found.line.slice(found.matchStart, found.matchEnd);
      if (known.template !== found.template || known.text !== text || known.now !== now) {
        const time = detector.toEpoch(found, { zone, localTime, now }) ?? Number.NaN;
        known = { template: found.template, text, now, time };
      }
      return known.time;
    },
    kind({ found }, time) {
      if (!Number.isNaN(time)) return 'own';
      return found !== undefined && found.start === found.end ? 'empty' : 'none';
    },
  };
}
