// A match is written down as the host packs it (src/scan/result.ts), with its row if rows are wanted.

import {
  asksForId,
  fnvBasis,
  fnvPrime,
  formGroups,
  formMlfid,
  formNames,
  formWritable,
  groupBytes,
  groupLength,
  groupName,
  groupParts,
  groupPlace,
  matchAfterLength,
  matchBeforeLength,
  matchDateKind,
  matchDateLength,
  matches,
  matchesBlock,
  matchesBytesBefore,
  matchesIdLength,
  matchesLastDate,
  matchesLastDateLength,
  matchesLinesBefore,
  matchesNumbers,
  matchesNumbersBefore,
  matchesNumbersStart,
  matchesRowEnds,
  matchesRowsWanted,
  matchesRowText,
  matchesRowTextBefore,
  matchesRowTextStart,
  matchesSessions,
  matchesStarts,
  matchesText,
  matchesTextBefore,
  matchesTextStart,
  matchesTimes,
  matchFilter,
  matchGroupCount,
  matchGroups,
  matchLine,
  matchOffset,
  matchPrecedingLength,
  matchRegex,
  matchText,
  notWritable,
  written,
} from '../src/memory-layout';
import { dateEnd, dateStart, same, time } from './dates';
import { rowPlace, spanEnd, spanStart } from './groups';
import { isPlainAddress, mayHaveRow, writeRow } from './rows';

/** Writes the match whose groups stand in matchesSpans. */
export function write(form: usize, filter: u32, regex: u32, start: usize, end: usize, line: u32, rowless: bool): u32 {
  if (load<u32>(form, formWritable) === 0) return notWritable;
  let session: u32 = 0;
  let hasRow = false;
  if (load<u32>(matches, matchesRowsWanted) !== 0 && !rowless && mayHaveRow(form, start)) {
    if (load<u32>(matches, matchesIdLength) === 0 && !isPlainAddress(form)) return asksForId;
    const before = load<u32>(matches, matchesRowText);
    hasRow = writeRow(form);
    if (!hasRow) store<u32>(matches, before, matchesRowText);
    else session = sessionOf(form);
  }
  writeNumbers(form, filter, regex, start, end, line, hasRow);
  const match: usize = load<u32>(matches, matchesStarts);
  store<u32>(matches, <u32>match + 4, matchesStarts);
  const rowEnds: usize = load<u32>(matches, matchesRowEnds);
  store<u32>(
    rowEnds,
    load<u32>(matches, matchesRowText) -
      load<u32>(matches, matchesRowTextStart) +
      load<u32>(matches, matchesRowTextBefore),
  );
  store<u32>(matches, <u32>rowEnds + 4, matchesRowEnds);
  const sessions: usize = load<u32>(matches, matchesSessions);
  store<u32>(sessions, session);
  store<u32>(matches, <u32>sessions + 4, matchesSessions);
  const times: usize = load<u32>(matches, matchesTimes);
  store<f64>(times, time);
  store<f64>(times, NaN, 8);
  store<u32>(matches, <u32>times + 16, matchesTimes);
  return written;
}

/** A number that is the same for all lines of a session: FNV-1a of its text, never 0. */
function sessionOf(form: usize): u32 {
  const mlfid = load<i32>(form, formMlfid);
  if (mlfid < 0 || spanStart(mlfid) < 0) return 0;
  let hash: u32 = fnvBasis;
  const end = <usize>spanEnd(mlfid);
  for (let at = <usize>spanStart(mlfid); at < end; at++) hash = (hash ^ <u32>load<u8>(at)) * fnvPrime;
  return hash === 0 ? 1 : hash;
}

/** The text of the date, for a match with a row: that of the last one if it is the same. */
function dateText(): u32 {
  const length = dateEnd - dateStart;
  const last: usize = load<u32>(matches, matchesLastDate);
  if (<usize>load<u32>(matches, matchesLastDateLength) === length && same(last, dateStart, length))
    return textPlace(last);
  const at: usize = load<u32>(matches, matchesText);
  store<u32>(matches, <u32>at, matchesLastDate);
  store<u32>(matches, <u32>length, matchesLastDateLength);
  return copyText(dateStart, length);
}

function textPlace(at: usize): u32 {
  return <u32>at - load<u32>(matches, matchesTextStart) + load<u32>(matches, matchesTextBefore);
}

function copyText(from: usize, length: usize): u32 {
  const at: usize = load<u32>(matches, matchesText);
  memory.copy(at, from, length);
  store<u32>(matches, <u32>(at + length), matchesText);
  return textPlace(at);
}

/** The numbers of a match, as `WireMatches` describes them. */
function writeNumbers(form: usize, filter: u32, regex: u32, start: usize, end: usize, line: u32, hasRow: bool): void {
  const numbers: usize = load<u32>(matches, matchesNumbers);
  const numbersStart: usize = load<u32>(matches, matchesNumbersStart);
  store<u32>(
    load<u32>(matches, matchesStarts),
    load<u32>(matches, matchesNumbersBefore) + (<u32>(numbers - numbersStart) >> 2),
  );
  store<u32>(numbers, filter, matchFilter);
  store<u32>(numbers, regex, matchRegex);
  store<u32>(numbers, line + load<u32>(matches, matchesLinesBefore), matchLine);
  store<u32>(
    numbers,
    <u32>(start - <usize>load<u32>(matches, matchesBlock)) + load<u32>(matches, matchesBytesBefore),
    matchOffset,
  );
  store<u32>(numbers, 0, matchDateKind);
  store<u32>(numbers, hasRow ? dateText() : copyText(start, end - start), matchText);
  store<u32>(numbers, hasRow ? 0 : <u32>(dateStart - start), matchBeforeLength);
  store<u32>(numbers, <u32>(dateEnd - dateStart), matchDateLength);
  store<u32>(numbers, hasRow ? 0 : <u32>(end - dateEnd), matchAfterLength);
  store<i32>(numbers, -1, matchPrecedingLength);
  const groups = load<u32>(form, formGroups);
  const names: usize = load<u32>(form, formNames);
  // Groups of a match without a row stand in the text of its line, of one with a row in the row.
  const lineText = load<u32>(numbers, matchText) - <u32>start;
  const rows = load<u32>(matches, matchesRowTextBefore) - load<u32>(matches, matchesRowTextStart);
  let count: u32 = 0;
  let at = numbers + matchGroups;
  for (let group: u32 = 0; group < groups; group++) {
    const from = spanStart(group);
    if (from < 0) continue;
    store<u32>(at, load<u32>(names + ((<usize>group) << 2)), groupName);
    store<i32>(at, -1, groupParts);
    store<u32>(at, hasRow ? load<u32>(rowPlace(group)) + rows : <u32>from + lineText, groupPlace);
    store<u32>(at, <u32>(spanEnd(group) - from), groupLength);
    at += groupBytes;
    count++;
  }
  store<u32>(numbers, count, matchGroupCount);
  store<u32>(matches, <u32>at, matchesNumbers);
}
