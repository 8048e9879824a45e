import type { Piece, SinkNeeds, Spelling } from '../../failures.js';
import {
  formBeside,
  formBesideCount,
  formBytes,
  formExcluded,
  formExcludedCount,
  formForgets,
  formGroups,
  formIp4,
  formMlfid,
  formNames,
  formPieceCount,
  formPieces,
  formTold,
  formWritable,
  kindAfter,
  kindBefore,
  kindDate,
  kindGroup,
  kindId,
  kindLine,
  kindText,
  kindTime,
  mostGroups,
  pieceAfter,
  pieceAfterLength,
  pieceBefore,
  pieceBeforeLength,
  pieceBesideGroup,
  pieceBytes,
  pieceDecimal,
  pieceFilled,
  pieceGroup,
  pieceKind,
  pieceMissing,
  pieceMissingLength,
  pieceNeeded,
  pieceSeparator,
  pieceSeparatorLength,
  pieceSpelling,
} from '../../memory-layout.js';
import type { GroupSource } from './group-sources.js';
import type { Workshop } from './workshop.js';

const kinds = {
  text: kindText,
  line: kindLine,
  before: kindBefore,
  date: kindDate,
  after: kindAfter,
  id: kindId,
  time: kindTime,
  group: kindGroup,
} as const;

/** The bytes that each notation shows as they are, among those of printable ASCII: all but these. */
const escaped: Readonly<Record<Spelling, string>> = { plain: '', python: "'\\", json: '"\\' };

/** Places how the matches of each failregex are written, for one sink. */
export class Forms {
  readonly #workshop: Workshop;
  readonly #sink: SinkNeeds | undefined;
  readonly #spellings = new Map<Spelling, number>();

  /** @param sink undefined: nobody wants to be told of matches in columns */
  constructor(workshop: Workshop, sink: SinkNeeds | undefined) {
    this.#workshop = workshop;
    this.#sink = sink;
  }

  /**
   * @param groups by failregex; undefined: its matches have to be matched as text
   * @param numberOf a group's name in the result
   * @returns address of the forms' addresses
   * @throws NoRoom
   */
  place(groups: readonly (readonly GroupSource[] | undefined)[], numberOf: (name: string) => number): number {
    const workshop = this.#workshop;
    const forms = groups.map((sources, regex) => {
      const form = workshop.allocate(formBytes);
      if (sources !== undefined && sources.length <= mostGroups) {
        const own = sources.map(({ name }) => name);
        workshop.setWord(form + formWritable, 1);
        workshop.setWord(form + formGroups, own.length);
        workshop.setWord(form + formNames, workshop.placeWords(own.map(numberOf)));
        this.#placeColumns(form, own, regex);
      }
      return form;
    });
    return workshop.placeWords(forms);
  }

  #placeColumns(form: number, own: readonly string[], regex: number): void {
    if (this.#sink === undefined) return;
    const pieces = this.#sink.pieces === undefined ? [] : this.#sink.pieces[regex];
    if (pieces === undefined) return;
    const workshop = this.#workshop;
    const placesOf = (...wanted: string[]) => wanted.map((name) => own.indexOf(name)).filter((place) => place >= 0);
    const excluded = placesOf('nofail', 'mlfgained', 'mlfforget');
    const beside = placesOf('cidr', 'fid');
    workshop.setWord(form + formTold, 1);
    workshop.setWord(form + formPieces, this.#placePieces(pieces, own));
    workshop.setWord(form + formPieceCount, pieces.length);
    workshop.setWord(form + formMlfid, own.indexOf('mlfid'));
    workshop.setWord(form + formIp4, own.indexOf('ip4'));
    workshop.setWord(form + formForgets, own.includes('mlfforget') ? 1 : 0);
    workshop.setWord(form + formExcluded, workshop.placeWords(excluded));
    workshop.setWord(form + formExcludedCount, excluded.length);
    workshop.setWord(form + formBeside, workshop.placeWords(beside));
    workshop.setWord(form + formBesideCount, beside.length);
  }

  #placePieces(pieces: readonly Piece[], own: readonly string[]): number {
    const address = this.#workshop.allocate(pieceBytes * pieces.length);
    for (const [index, piece] of pieces.entries()) this.#placePiece(address + pieceBytes * index, piece, own);
    return address;
  }

  #placePiece(at: number, piece: Piece, own: readonly string[]): void {
    const set = (field: number, value: number) => this.#workshop.setWord(at + field, value);
    const text = (field: number, lengthField: number, written: string) => {
      set(field, this.#workshop.place(Buffer.from(written, 'latin1')));
      set(lengthField, written.length);
    };
    set(pieceKind, kinds[piece.column]);
    if (piece.column === 'text') text(pieceBefore, pieceBeforeLength, piece.text);
    if (piece.column === 'time') set(pieceDecimal, piece.decimal ? 1 : 0);
    if ('spelling' in piece) set(pieceSpelling, this.#spelling(piece.spelling));
    if (piece.column !== 'group') return;
    set(pieceGroup, own.indexOf(piece.name));
    text(pieceBefore, pieceBeforeLength, piece.before);
    text(pieceAfter, pieceAfterLength, piece.after);
    text(pieceMissing, pieceMissingLength, piece.missing);
    text(pieceSeparator, pieceSeparatorLength, piece.separator ?? '');
    set(pieceFilled, piece.filled === true ? 1 : 0);
    set(pieceNeeded, piece.needed === true ? 1 : 0);
    set(pieceBesideGroup, piece.beside === undefined ? -1 : own.indexOf(piece.beside));
  }

  /** Address of the table that says which bytes stand as they are. */
  #spelling(spelling: Spelling): number {
    const known = this.#spellings.get(spelling);
    if (known !== undefined) return known;
    const table = new Uint8Array(256).fill(1, 0x20, 0x7f);
    for (const byte of Buffer.from(escaped[spelling])) table[byte] = 0;
    const placed = this.#workshop.place(table);
    this.#spellings.set(spelling, placed);
    return placed;
  }
}
