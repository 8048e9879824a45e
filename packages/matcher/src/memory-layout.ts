/**
 * Where things are in a scanner's memory, for both sides: the host and the compiled part (assembly/) import this file. So it holds plain
 * numbers only. An address or an offset is in bytes; where nothing else is said a field is a word of 32 bits.
 */

// The search for literals.

/** Six tables of 16 bytes: for each of three fingerprint bytes, buckets by low and by high nibble. */
export const nibbles: usize = 0;
export const nibblesBytes: usize = 96;
/** A u16 for each hash of a fingerprint: its first literal's entry (from 1), 0 for none. */
export const heads: usize = 128;
export const headsBytes: usize = 8192;
/** A fingerprint's three bytes as a word, times an odd number of which the top bits spread well (Fibonacci hashing). */
export const hashFactor: u32 = 2654435761;
export const hashShift: u32 = 20;
/** Letters of either case have one hash. */
export const hashFold: u32 = 0x202020;
/** Where a scan stands: the next line's offset, lines seen, lines over the cap. */
export const state: usize = 8448;
export const stateNext: usize = 0;
export const stateLines: usize = 4;
export const stateLong: usize = 8;
/** 32 bytes: bits that every line has from the start. */
export const alwaysBits: usize = 8464;
/** 32 bytes: the bits of the line under the scan. */
export const lineBitsNow: usize = 8496;
/** The fields `matches…` below. */
export const matches: usize = 8528;

/** An entry for each literal, and their texts behind all of them. */
export const literals: usize = 8784;
export const literalText: usize = 0;
/** Address of as many bytes: what is set in them is set in a byte of the line before it is compared. */
export const literalFold: usize = 4;
export const literalLength: usize = 8;
/** Where in the text the fingerprint is. */
export const literalFingerprint: usize = 12;
export const literalBit: usize = 16;
/** The next entry of the same hash, from 1. */
export const literalNext: usize = 20;
export const literalBytes: usize = 32;

/** A hit: a line with a literal in it, without its newline. */
export const hitStart: usize = 0;
export const hitEnd: usize = 4;
export const hitLine: usize = 8;
/** 1: longer than the cap, and without bits. */
export const hitTooLong: usize = 12;
export const hitBits: usize = 16;
export const hitBytes: usize = 48;

// What follows the scan: the fields at `matches`.

/** Address of the block; offsets in hits count from it. */
export const matchesBlock: usize = 0;
/** Address of the filters' entries, and how many there are. */
export const matchesFilters: usize = 4;
export const matchesFilterCount: usize = 8;
/** Where a filter's matching leaves the groups: begin and end of each. */
export const matchesSpans: usize = 12;
/** Added to line numbers and to offsets. */
export const matchesLinesBefore: usize = 16;
export const matchesBytesBefore: usize = 20;
/** A sink wants to be told of the matches in columns. */
export const matchesForSink: usize = 24;
/** Out: the filter at which `matchHits` stopped. */
export const matchesStoppedAt: usize = 28;
/** Out: what is written has to be taken away first. */
export const matchesFull: usize = 32;
/** A text in place of the address as identifier, and of the time; none where the length is 0. */
export const matchesId: usize = 36;
export const matchesIdLength: usize = 40;
export const matchesTimeText: usize = 44;
export const matchesTimeTextLength: usize = 48;
// What is written: where the next one goes, where there is no more room, and what numbers in it count from.
export const matchesNumbers: usize = 52;
export const matchesNumbersEnd: usize = 56;
/** Numbers written before those that stand here. */
export const matchesNumbersBefore: usize = 60;
export const matchesNumbersStart: usize = 64;
export const matchesText: usize = 68;
export const matchesTextEnd: usize = 72;
export const matchesTextBefore: usize = 76;
export const matchesTextStart: usize = 80;
/** What is written of matches for a sink. */
export const matchesWritten: usize = 84;
export const matchesWrittenEnd: usize = 88;
export const matchesWrittenBefore: usize = 92;
export const matchesWrittenStart: usize = 96;
/** For each match: where its numbers start, its head; then two f64 for its times. */
export const matchesStarts: usize = 100;
export const matchesStartsEnd: usize = 104;
export const matchesHeads: usize = 108;
/** Address of the fields `survey…` below. */
export const matchesSurvey: usize = 112;
export const matchesTimes: usize = 116;

// What is counted of every line, where that is asked for.

/** Empty lines and those that begin with `#` do not count. */
export const surveySkipsComments: usize = 0;
/** Every failregex is tried. */
export const surveyAll: usize = 4;
export const surveyLines: usize = 8;
export const surveyPrefregex: usize = 12;
/** Out, of the line in work: prefregex matched it; which ignoreregex did, -1 for none. */
export const surveyPrefixed: usize = 16;
export const surveyIgnoredBy: usize = 20;
/** Address of a count for each ignoreregex. */
export const surveyIgnoreregex: usize = 24;
/** The lists of lines that no failregex matched, and that an ignoreregex dropped. */
export const surveyMissed: usize = 32;
export const surveyIgnored: usize = 72;
export const surveyBytes: usize = 112;

/** A list: how many lines, and how many more are to be kept; where the next one's number, end and text go. */
export const listCount: usize = 0;
export const listWanted: usize = 4;
export const listLines: usize = 8;
export const listLinesEnd: usize = 12;
export const listEnds: usize = 16;
export const listText: usize = 20;
export const listTextEnd: usize = 24;
export const listTextStart: usize = 28;
/** Added to the ends. */
export const listTextBefore: usize = 32;

/** Answers of `surveyLine` beside those of a filter's function: it is counted; there is no more room. */
export const surveyed: i32 = 0;
export const isFull: i32 = 1;

// A filter's entry.

/** Pairs of a word's index and its bits, of which a line must have one: address and number of pairs. */
export const filterAny: usize = 0;
export const filterAnyCount: usize = 4;
/** The same for prefregex; no pairs: it needs none. */
export const filterPrefix: usize = 8;
export const filterPrefixCount: usize = 12;
/** Address of the dates that are known to it. */
export const filterDates: usize = 16;
/** Place of the function that matches lines for it, in the table. */
export const filterMatcher: usize = 20;
/** Addresses of the forms of its failregex. */
export const filterForms: usize = 24;
export const filterBytes: usize = 28;

/** Answers of that function beside the index of a failregex: no failure; this line has to be matched as text. */
export const noMatch: i32 = -1;
export const leftToHost: i32 = -2;
/** The search at a place of the table is not there yet: `searchMissing - place` says which. */
export const searchMissing: i32 = -3;

/** Longer lines are out of the ordinary, and perhaps built to hurt. */
export const ordinaryBytes: usize = 2048;

// What is known of dates: those of one hour, by the text around minute and second.

/** 0: nothing. */
export const datesKnown: usize = 0;
/** Bytes from the line's start to the minute, and the bytes that follow the second or its fraction. */
export const datesBeforeMinute: usize = 4;
export const datesAfterSecond: usize = 8;
/** A fraction follows the second. */
export const datesFraction: usize = 12;
/** Where in the line the date that is cut out begins, and how many of the bytes that follow the second are not of it. */
export const datesCutStart: usize = 16;
export const datesCutTail: usize = 20;
/** The byte behind the date must be this one; the one behind it too, or a small letter. */
export const datesNext: usize = 24;
export const datesNextButOne: usize = 28;
/** What follows the digits of the time in a row: 1 for `.0`. */
export const datesDecimal: usize = 32;
/** How many dates were read. */
export const datesCount: usize = 36;
/** f64: the hour, in milliseconds since 1970. */
export const datesHour: usize = 40;
export const datesBeforeText: usize = 48;
export const datesAfterText: usize = 112;
export const datesBytes: usize = 128;

// How the matches of one failregex are written.

/** 0: its matches are left to the host. */
export const formWritable: usize = 0;
/** Number of its groups, and address of the number of each one's name. */
export const formGroups: usize = 4;
export const formNames: usize = 8;
/** 0: no match of it is plain for a sink. */
export const formTold: usize = 12;
/** What is written of a match. */
export const formPieces: usize = 16;
export const formPieceCount: usize = 20;
/** Groups by what they mean; -1: there is none. */
export const formMlfid: usize = 24;
export const formIp4: usize = 28;
/** It may end a session: only a line within one is plain. */
export const formForgets: usize = 32;
/** Groups that no plain match has; groups beside which the address alone is not the identifier. */
export const formExcluded: usize = 36;
export const formExcludedCount: usize = 40;
export const formBeside: usize = 44;
export const formBesideCount: usize = 48;
export const formBytes: usize = 52;

/** A piece of what is written: its kind, and texts before and behind the column and in its place. */
export const pieceKind: usize = 0;
export const pieceGroup: usize = 4;
export const pieceBefore: usize = 8;
export const pieceBeforeLength: usize = 12;
export const pieceAfter: usize = 16;
export const pieceAfterLength: usize = 20;
export const pieceMissing: usize = 24;
export const pieceMissingLength: usize = 28;
/** Address of a byte for each byte: 0 for those that cannot stand there. */
export const pieceSpelling: usize = 32;
/** An empty group counts as missing; a missing one makes the match partial; a time with `.0`. */
export const pieceFilled: usize = 36;
export const pieceNeeded: usize = 40;
export const pieceDecimal: usize = 44;
/** A group that must have taken part too; -1: none. */
export const pieceBesideGroup: usize = 48;
export const pieceSeparator: usize = 52;
export const pieceSeparatorLength: usize = 56;
export const pieceBytes: usize = 60;

export const kindText: u32 = 0;
export const kindLine: u32 = 1;
export const kindBefore: u32 = 2;
export const kindDate: u32 = 3;
export const kindAfter: u32 = 4;
export const kindId: u32 = 5;
export const kindTime: u32 = 6;
export const kindGroup: u32 = 7;

/** A match as a sink is told of it: failregex (`~regex`: it is not plain), line, session, end of what was written. */
export const headRegex: usize = 0;
export const headLine: usize = 4;
export const headSession: usize = 8;
export const headEnd: usize = 12;
export const headBytes: usize = 16;
/** With the failregex: something that was asked for is missing in what was written. */
export const headPartial: u32 = 0x40000000;

/** Groups that a match may have. */
export const mostGroups: usize = 256;
export const spanBytes: usize = 8;

/** Answers of `writeMatch`: it cannot be written there, or it needs an identifier first. */
export const written: u32 = 0;
export const asksForId: u32 = 1;
export const notWritable: u32 = 2;

// A match, as numbers: these, and four for each group (name, parts, place, length).

export const matchFilter: usize = 0;
export const matchRegex: usize = 4;
export const matchLine: usize = 8;
export const matchOffset: usize = 12;
export const matchDateKind: usize = 16;
/** Place of its text, and the lengths of what is before the date, of the date, and of what is behind it. */
export const matchText: usize = 20;
export const matchBeforeLength: usize = 24;
export const matchDateLength: usize = 28;
export const matchAfterLength: usize = 32;
/** -1: no line precedes it. */
export const matchPrecedingLength: usize = 36;
export const matchGroupCount: usize = 40;
export const matchGroups: usize = 44;
export const groupName: usize = 0;
/** -1: it is a text, not a list of them. */
export const groupParts: usize = 4;
export const groupPlace: usize = 8;
export const groupLength: usize = 12;
export const groupBytes: usize = 16;

/** A number for a text: FNV-1a, never 0. */
export const fnvBasis: u32 = 0x811c9dc5;
export const fnvPrime: u32 = 0x01000193;
