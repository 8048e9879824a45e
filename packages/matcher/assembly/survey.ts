// What becomes of every line, for one filter: the survey counts those that match, are missed or are ignored, and keeps some of the latter.
// As in `matchHits`, what is out of the ordinary is left to the host, line by line.

import {
  filterDates,
  filterForms,
  filterMatcher,
  hitBits,
  hitBytes,
  hitEnd,
  hitLine,
  hitStart,
  hitTooLong,
  isFull,
  leftToHost,
  listCount,
  listEnds,
  listLines,
  listLinesEnd,
  listText,
  listTextBefore,
  listTextEnd,
  listTextStart,
  listWanted,
  matches,
  matchesBlock,
  matchesFilters,
  matchesHeads,
  matchesLinesBefore,
  matchesNumbers,
  matchesStarts,
  matchesSurvey,
  matchesText,
  matchesTimes,
  matchesWritten,
  noMatch,
  ordinaryBytes,
  surveyAll,
  surveyed,
  surveyIgnored,
  surveyIgnoredBy,
  surveyIgnoreregex,
  surveyLines,
  surveyMissed,
  surveyPrefixed,
  surveyPrefregex,
  surveySkipsComments,
  written,
} from '../src/memory-layout';
import { dateEnd, dateStart, readDate, setDate, uncountDate } from './dates';
import { hasRoom, isAscii, stop } from './match';
import { passes, write } from './matches';

function hasListRoom(list: usize, length: usize): bool {
  if (load<i32>(list, listWanted) <= 0) return true;
  return (
    <usize>load<u32>(list, listText) + length <= <usize>load<u32>(list, listTextEnd) &&
    load<u32>(list, listLines) < load<u32>(list, listLinesEnd)
  );
}

function addTo(list: usize, start: usize, end: usize, line: u32): void {
  store<u32>(list, load<u32>(list, listCount) + 1, listCount);
  const wanted = load<i32>(list, listWanted);
  if (wanted <= 0) return;
  store<i32>(list, wanted - 1, listWanted);
  const text: usize = load<u32>(list, listText);
  const next = <u32>(text + (end - start));
  memory.copy(text, start, end - start);
  store<u32>(list, next, listText);
  const lines: usize = load<u32>(list, listLines);
  store<u32>(lines, line + load<u32>(matches, matchesLinesBefore));
  store<u32>(list, <u32>lines + 4, listLines);
  const ends: usize = load<u32>(list, listEnds);
  store<u32>(ends, next - load<u32>(list, listTextStart) + load<u32>(list, listTextBefore));
  store<u32>(list, <u32>ends + 4, listEnds);
}

// Where what is written went before the line in work.
let numbersBefore: u32 = 0;
let textBefore: u32 = 0;
let writtenBefore: u32 = 0;
let startsBefore: u32 = 0;
let headsBefore: u32 = 0;
let timesBefore: u32 = 0;

function keepPlaces(): void {
  numbersBefore = load<u32>(matches, matchesNumbers);
  textBefore = load<u32>(matches, matchesText);
  writtenBefore = load<u32>(matches, matchesWritten);
  startsBefore = load<u32>(matches, matchesStarts);
  headsBefore = load<u32>(matches, matchesHeads);
  timesBefore = load<u32>(matches, matchesTimes);
}

/** What was written of the line in work is taken back. */
function takeBack(answer: i32): i32 {
  store<u32>(matches, numbersBefore, matchesNumbers);
  store<u32>(matches, textBefore, matchesText);
  store<u32>(matches, writtenBefore, matchesWritten);
  store<u32>(matches, startsBefore, matchesStarts);
  store<u32>(matches, headsBefore, matchesHeads);
  store<u32>(matches, timesBefore, matchesTimes);
  return answer;
}

/** Surveys the line whose date is known. */
function survey(entry: usize, start: usize, end: usize, line: u32, bits: usize): i32 {
  const fields: usize = load<u32>(matches, matchesSurvey);
  const length = end - start;
  if (!hasRoom() || !hasListRoom(fields + surveyMissed, length) || !hasListRoom(fields + surveyIgnored, length)) {
    return isFull;
  }
  keepPlaces();
  store<u32>(fields, 0, surveyPrefixed);
  store<i32>(fields, -1, surveyIgnoredBy);
  const matcher = load<u32>(entry, filterMatcher);
  const all = load<u32>(fields, surveyAll) !== 0;
  let outcome = call_indirect<i32>(matcher, start, dateStart, dateEnd, end, bits, 0);
  const isHit = outcome >= 0;
  while (outcome >= 0) {
    if (!hasRoom()) return takeBack(isFull);
    const form: usize = load<u32>(<usize>load<u32>(entry, filterForms) + ((<usize>outcome) << 2));
    if (write(form, 0, outcome, start, end, line, passes) !== written) return takeBack(leftToHost);
    outcome = all ? call_indirect<i32>(matcher, start, dateStart, dateEnd, end, bits, outcome + 1) : noMatch;
  }
  if (outcome !== noMatch) return takeBack(outcome);
  store<u32>(fields, load<u32>(fields, surveyLines) + 1, surveyLines);
  store<u32>(fields, load<u32>(fields, surveyPrefregex) + load<u32>(fields, surveyPrefixed), surveyPrefregex);
  if (isHit) return surveyed;
  const ignoredBy = load<i32>(fields, surveyIgnoredBy);
  if (ignoredBy < 0) addTo(fields + surveyMissed, start, end, line);
  else {
    const count = <usize>load<u32>(fields, surveyIgnoreregex) + ((<usize>ignoredBy) << 2);
    store<u32>(count, load<u32>(count) + 1);
    addTo(fields + surveyIgnored, start, end, line);
  }
  return surveyed;
}

/**
 * Surveys the lines of the hits [hit, end), which are all lines. Stops where the host has to go on: at a line that is not ordinary, or
 * when there is no more room.
 * @returns the hit at which it stopped; `end` if it did not
 */
export function surveyHits(hit: usize, end: usize): usize {
  const block: usize = load<u32>(matches, matchesBlock);
  const entry: usize = load<u32>(matches, matchesFilters);
  const dates: usize = load<u32>(entry, filterDates);
  const fields: usize = load<u32>(matches, matchesSurvey);
  const skips = load<u32>(fields, surveySkipsComments) !== 0;
  for (; hit < end; hit += hitBytes) {
    if (load<u32>(hit, hitTooLong) !== 0) return stop(hit, 0, 0);
    const start = block + <usize>load<u32>(hit, hitStart);
    let lineEnd = block + <usize>load<u32>(hit, hitEnd);
    while (lineEnd > start && load<u8>(lineEnd - 1) === 0x0d) lineEnd--;
    if (skips && (lineEnd === start || load<u8>(start) === 0x23)) continue;
    if (lineEnd - start > ordinaryBytes || !isAscii(start, lineEnd)) return stop(hit, 0, 0);
    if (!readDate(dates, start, lineEnd)) return stop(hit, 0, 0);
    const answer = survey(entry, start, lineEnd, load<u32>(hit, hitLine), hit + hitBits);
    if (answer === surveyed) continue;
    uncountDate(dates);
    return stop(hit, 0, answer === isFull ? 1 : 0);
  }
  return hit;
}

/**
 * Surveys a line whose date the host has read.
 * @param line number of the line in the block
 * @param bits address of what was found in it
 * @returns `surveyed`, `isFull`, or what the filter's function left open
 */
export function surveyLine(
  start: usize,
  end: usize,
  line: u32,
  bits: usize,
  cutStart: usize,
  cutEnd: usize,
  at: f64,
): i32 {
  setDate(cutStart, cutEnd, at);
  return survey(load<u32>(matches, matchesFilters), start, end, line, bits);
}
