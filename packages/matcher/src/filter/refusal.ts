/** An expression that refused one line: it has back-references and ran out of its step budget there. */
export interface Refusal {
  readonly option: 'prefregex' | 'failregex' | 'ignoreregex';
  /** Position in the option's list, from 0. */
  readonly index: number;
  readonly reason: string;
}
