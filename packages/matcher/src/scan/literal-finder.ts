import type { LogEncoding } from '../encoding/encoding.js';
import type { RequiredLiterals } from '../engines/engine.js';
import type { CompiledFilter, Expression } from '../filter/compile.js';
import type { Junction } from '../filter/junction.js';
import { shortestLiteralBytes } from '../literals/literal.js';
import { type LogSample, unknownLog } from '../literals/log-sample.js';
import { tellingness } from '../literals/telling.js';

/** Pieces of which every raw line that a filter matches contains at least one. */
export interface ScanTerms {
  /** One character per byte of the log. */
  readonly terms: readonly string[];
  /** Compare after ASCII case folding. */
  readonly foldCase: boolean;
}

/** A shorter piece is on nearly every line, and finds nothing that reading all lines would not find as fast. */
const shortestTerm = shortestLiteralBytes;

/** Cuts `text` wherever a date can have been cut out of it. */
function cutAt(text: string, junction: Junction): string[] {
  const pieces: string[] = [];
  let from = 0;
  let at = 0;
  for (const character of text) {
    if (at > 0 && junction(text, at)) {
      pieces.push(text.slice(from, at));
      from = at;
    }
    at += character.length;
  }
  return [...pieces, text.slice(from)];
}

function longest(pieces: readonly string[]): string {
  return pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '');
}

/**
 * What of a literal is certain to stand in the raw line. The expressions see the line without its date and with an added newline,
 * and undecodable bytes as U+FFFD; so a literal is divided at newlines and at U+FFFD, and where a date may have been cut out of its middle.
 */
function certainPieces(literal: string, junction: Junction): readonly string[] {
  const piece = longest(literal.split(/[\n\ufffd]/));
  const uncut = longest(cutAt(piece, junction));
  if (uncut.length >= shortestTerm) return [uncut];
  // One cut, anywhere: it leaves one of the halves whole.
  const characters = [...piece];
  const half = characters.length >> 1;
  return [characters.slice(0, half).join(''), characters.slice(half).join('')];
}

function certainTerms(literals: RequiredLiterals, junction: Junction, encoding: LogEncoding): ScanTerms | undefined {
  const terms: string[] = [];
  for (const literal of literals.alternatives) {
    for (const piece of certainPieces(literal, junction)) {
      const term = encoding.literal(piece);
      if (term === undefined || term.length < shortestTerm) return undefined;
      terms.push(term);
    }
  }
  // A term that contains another one adds nothing.
  const distinct = [...new Set(terms)];
  const needed = distinct.filter((term) => !distinct.some((other) => other !== term && term.includes(other)));
  return { terms: needed, foldCase: literals.foldCase };
}

/**
 * The most telling pieces of which every raw line that `expression` matches contains at least one; undefined where
 * none are certain, or where a match may span lines.
 * @param sample what most of the log's lines are like: there the terms should not stand
 */
export function termsOf(
  expression: Expression,
  filter: CompiledFilter,
  sample: LogSample = unknownLog,
): ScanTerms | undefined {
  if (filter.maxlines > 1) return undefined;
  return termsAmong(setsOf(expression), filter, sample);
}

/** Sets of literals, of each of which every match contains one. */
export function setsOf({ regex: { literals, otherLiterals } }: Expression): readonly RequiredLiterals[] {
  return literals === undefined ? [] : [literals, ...otherLiterals];
}

/** The most telling pieces of which every raw line that has one of each of `sets` contains at least one; undefined where none are certain. */
export function termsAmong(
  sets: readonly RequiredLiterals[],
  filter: CompiledFilter,
  sample: LogSample = unknownLog,
): ScanTerms | undefined {
  if (!filter.encoding.asciiBytes) return undefined;
  let best: { terms: ScanTerms; rate: number } | undefined;
  for (const set of sets) {
    const terms = certainTerms(set, filter.dating.junction, filter.encoding);
    if (terms === undefined) continue;
    const rate = tellingness(terms.terms, terms.foldCase, sample);
    if (best === undefined || rate > best.rate) best = { terms, rate };
  }
  return best?.terms;
}
