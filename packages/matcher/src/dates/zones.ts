/** Time zones as fail2ban knows them: fixed offsets, no switching to summer time. */

import type { Milliseconds } from '@f2b/config';
import { digitValue } from './characters.js';
import { unknownZone } from './errors.js';

/** A zone with one offset all year. */
export interface FixedZone {
  /** As written: `UTC`, `CET+0100`, `-0330`. */
  readonly name: string;
  /** East of Greenwich is positive. */
  readonly offset: Milliseconds;
}

/** Minutes east of Greenwich, and the abbreviations that stand for them. */
const abbreviationsByMinutes: readonly (readonly [minutes: number, names: string])[] = [
  [-660, 'NUT SST'],
  [-600, 'CKT HAST HST TAHT TKT'],
  [-570, 'MART MIT'],
  [-540, 'AKST GAMT GIT HADT HNY'],
  [-480, 'AKDT CIST HAY HNP PST PT'],
  [-420, 'HAP HNR MST PDT'],
  [-360, 'CST EAST GALT HAR HNC MDT'],
  [-300, 'CDT COT EASST ECT EST ET HAC HNE PET'],
  [-270, 'HLV VET'],
  [-240, 'AST BOT CLT COST EDT FKT GYT HAE HNA PYT'],
  [-210, 'HNT NST NT'],
  [-180, 'ADT ART BRT CLST FKST GFT HAA PMST PYST SRT UYT WGT'],
  [-150, 'HAT NDT'],
  [-120, 'BRST FNT PMDT UYST WGST'],
  [-60, 'AZOT CVT EGT'],
  [0, 'EGST GMT UTC WET WT'],
  [60, 'CET DFT WAT WEDT WEST'],
  [120, 'CAT CEDT CEST EET SAST WAST'],
  [180, 'EAT EEDT EEST IDT MSK'],
  [210, 'IRST'],
  [240, 'AMT AZT GET GST KUYT MSD MUT RET SAMT SCT'],
  [270, 'AFT IRDT'],
  [300, 'AMST AQTT AZST HMT MAWT MVT PKT TFT TJT TMT UZT YEKT'],
  [330, 'SLT'],
  [345, 'NPT'],
  [360, 'ALMT BIOT BTT IOT KGT NOVT OMST YEKST'],
  [390, 'CCT MMT'],
  [420, 'CXT DAVT HOVT ICT KRAT NOVST OMSST THA WIB'],
  [480, 'ACT AWST BDT BNT CAST HKT IRKT KRAST MYT PHT SGT ULAT WITA WST'],
  [540, 'AWDT IRKST JST KST PWT TLT WDT WIT YAKT'],
  [570, 'ACST'],
  [600, 'AEST ChST PGT VLAT YAKST YAPT'],
  [630, 'ACDT LHST'],
  [660, 'AEDT LHDT MAGT NCT PONT SBT VLAST VUT'],
  [690, 'NFT'],
  [720, 'ANAST ANAT FJT GILT MAGST MHT NZST PETST PETT TVT WFT'],
  [780, 'FJST NZDT'],
];

function readAbbreviations(): ReadonlyMap<string, number> {
  const minutes = new Map<string, number>();
  for (const [east, names] of abbreviationsByMinutes) for (const name of names.split(' ')) minutes.set(name, east);
  // The military letters: A to M eastwards without J, N to Y westwards.
  for (const [index, letter] of [...'ABCDEFGHIKLM'].entries()) minutes.set(letter, (index + 1) * 60);
  for (const [index, letter] of [...'NOPQRSTUVWXY'].entries()) minutes.set(letter, -(index + 1) * 60);
  minutes.set('Z', 0);
  return minutes;
}

const abbreviations = readAbbreviations();
const zone = /^([A-Z](?:[A-Z]{2,4})?)?([+-][01]\d(?::?\d{2})?)?$/;
const minute: Milliseconds = 60_000;

/** Minutes may be written in the digits of any script, as Python's `\d` takes them. */
function withAsciiDigits(text: string): string {
  return /^[\0-\x7f]*$/.test(text)
    ? text
    : text.replace(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0)!)));
}

/**
 * Offset of a zone text: an upper-case abbreviation, an offset (`+01`, `+0100`, `+01:00`), or both, which add up.
 *
 * @returns milliseconds east of Greenwich; undefined when the text is no zone or the abbreviation is not known (where
 *   fail2ban fails with a KeyError)
 */
export function zoneOffset(text: string): Milliseconds | undefined {
  const parts = zone.exec(withAsciiDigits(text));
  if (parts === null) return undefined;
  let minutes = 0;
  const [, name, offset] = parts;
  if (name !== undefined) {
    const known = abbreviations.get(name);
    if (known === undefined) return undefined;
    minutes = known;
  }
  if (offset !== undefined) {
    const east = Number(offset.slice(1, 3)) * 60 + Number(offset.length > 3 ? offset.slice(-2) : 0);
    minutes += offset.startsWith('-') ? -east : east;
  }
  return minutes * minute;
}

/**
 * Reads a `logtimezone`.
 *
 * @throws DateError `F2B_DATE_ZONE`
 */
export function parseZone(text: string): FixedZone {
  const offset = zoneOffset(text);
  if (offset === undefined) throw unknownZone(text);
  return { name: text, offset };
}
