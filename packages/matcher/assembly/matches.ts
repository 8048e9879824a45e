// A match is written down as the host packs it (src/scan/wire.ts), with what a sink wants of it.

import {
  asksForId,
  formGroups,
  formNames,
  formWritable,
  groupBytes,
  groupLength,
  groupName,
  groupParts,
  groupPlace,
  headBytes,
  headEnd,
  headLine,
  headPartial,
  headRegex,
  headSession,
  matchAfterLength,
  matchBeforeLength,
  matchDateKind,
  matchDateLength,
  matches,
  matchesBlock,
  matchesBytesBefore,
  matchesForSink,
  matchesHeads,
  matchesIdLength,
  matchesLinesBefore,
  matchesNumbers,
  matchesNumbersBefore,
  matchesNumbersStart,
  matchesStarts,
  matchesText,
  matchesTextBefore,
  matchesTextStart,
  matchesTimes,
  matchesWritten,
  matchesWrittenBefore,
  matchesWrittenStart,
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
import { copyShort } from './copy';
import { dateEnd, dateStart, time } from './dates';
import { spanEnd, spanStart } from './groups';
import { isPartial, isPlainAddress, mayBePlain, sessionOf, writePieces } from './pieces';

/** What becomes of a match whose identifier is no plain address: the host is asked for it, or the match is not plain. */
export const asks: u32 = 0;
export const passes: u32 = 1;

/** Writes the match whose groups stand in matchesSpans. */
export function write(form: usize, filter: u32, regex: u32, start: usize, end: usize, line: u32, idless: u32): u32 {
  if (load<u32>(form, formWritable) === 0) return notWritable;
  if (load<u32>(matches, matchesForSink) !== 0) {
    let head: u32 = ~regex;
    let session: u32 = 0;
    if (mayBePlain(form, start)) {
      const isNamed = load<u32>(matches, matchesIdLength) !== 0 || isPlainAddress(form);
      if (!isNamed && idless === asks) return asksForId;
      if (isNamed && writePieces(form, start, end)) {
        head = isPartial ? regex | headPartial : regex;
        session = sessionOf(form);
      }
    }
    writeHead(head, line, session);
  }
  writeNumbers(form, filter, regex, start, end, line);
  const match: usize = load<u32>(matches, matchesStarts);
  store<u32>(matches, <u32>match + 4, matchesStarts);
  const times: usize = load<u32>(matches, matchesTimes);
  store<f64>(times, time);
  store<f64>(times, NaN, 8);
  store<u32>(matches, <u32>times + 16, matchesTimes);
  return written;
}

function writeHead(regex: u32, line: u32, session: u32): void {
  const head: usize = load<u32>(matches, matchesHeads);
  const end =
    load<u32>(matches, matchesWritten) -
    load<u32>(matches, matchesWrittenStart) +
    load<u32>(matches, matchesWrittenBefore);
  store<u32>(head, regex, headRegex);
  store<u32>(head, line + load<u32>(matches, matchesLinesBefore), headLine);
  store<u32>(head, session, headSession);
  store<u32>(head, end, headEnd);
  store<u32>(matches, <u32>(head + headBytes), matchesHeads);
}

function copyText(from: usize, length: usize): u32 {
  const at: usize = load<u32>(matches, matchesText);
  // There is room for a line twice as long.
  copyShort(at, from, length);
  store<u32>(matches, <u32>(at + length), matchesText);
  return <u32>at - load<u32>(matches, matchesTextStart) + load<u32>(matches, matchesTextBefore);
}

/** The numbers of a match, as `WireMatches` describes them. */
function writeNumbers(form: usize, filter: u32, regex: u32, start: usize, end: usize, line: u32): void {
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
  store<u32>(numbers, copyText(start, end - start), matchText);
  store<u32>(numbers, <u32>(dateStart - start), matchBeforeLength);
  store<u32>(numbers, <u32>(dateEnd - dateStart), matchDateLength);
  store<u32>(numbers, <u32>(end - dateEnd), matchAfterLength);
  store<i32>(numbers, -1, matchPrecedingLength);
  const groups = load<u32>(form, formGroups);
  const names: usize = load<u32>(form, formNames);
  // Groups stand in the text of the line.
  const lineText = load<u32>(numbers, matchText) - <u32>start;
  let count: u32 = 0;
  let at = numbers + matchGroups;
  for (let group: u32 = 0; group < groups; group++) {
    const from = spanStart(group);
    if (from < 0) continue;
    store<u32>(at, load<u32>(names + ((<usize>group) << 2)), groupName);
    store<i32>(at, -1, groupParts);
    store<u32>(at, <u32>from + lineText, groupPlace);
    store<u32>(at, <u32>(spanEnd(group) - from), groupLength);
    at += groupBytes;
    count++;
  }
  store<u32>(numbers, count, matchGroupCount);
  store<u32>(matches, <u32>at, matchesNumbers);
}
