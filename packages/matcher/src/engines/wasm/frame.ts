// What the pieces of a generated matching function have in common.

/** Answers of a generated function. */
export const NOT_FOUND = -1;
/** The steps ran out: ask the exact matcher. */
export const GAVE_UP = -2;

// Its parameters and variables. Places in the text are addresses.
export const FROM = 0;
export const END = 1;
/** Where in the text the match is. */
export const P = 2;
/** The stack of choices: where this function's begin, and where they end. */
export const BASE = 3;
export const SP = 4;
/** Number of the place to go on at. */
export const PC = 5;
/** A character. */
export const C = 6;
/** How far back a run may give way. */
export const M = 7;
/** For whatever a piece needs; R has the answer of a called function. */
export const Q = 8;
export const R = 9;
/** Steps left. */
export const LEFT = 10;
export const parameters = 4;
export const locals = 7;
