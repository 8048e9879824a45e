/** The shortest literal the scanner can look for, in bytes. */
export const shortestLiteralBytes = 3;

/** One literal to look for. */
export interface Literal {
  /** At least 3 bytes, none of them a newline. With `foldCase`: its ASCII letters in lower case. */
  readonly text: Uint8Array;
  /** ASCII letters match in either case. */
  readonly foldCase: boolean;
  /** Which of a line's `lineBits` bits this literal sets. Several literals may share a bit. */
  readonly bit: number;
}
