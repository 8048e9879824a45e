// What the pieces of a generated matching function have in common.

/** Answers of a generated function. */
export const notFound = -1;
/** The steps ran out: ask the exact matcher. */
export const gaveUp = -2;

// Its parameters and variables. Places in the text are addresses.
export const $from = 0;
export const $end = 1;
/** Where in the text the match is. */
export const $p = 2;
/** The stack of choices: where this function's begin, and where they end. */
export const $base = 3;
export const $sp = 4;
/** Number of the place to go on at. */
export const $pc = 5;
/** A character. */
export const $c = 6;
/** How far back a run may give way. */
export const $m = 7;
/** For whatever a piece needs; R has the answer of a called function. */
export const $q = 8;
export const $r = 9;
/** Steps left. */
export const $left = 10;
export const parameters = 4;
export const locals = 7;
