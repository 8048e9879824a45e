export interface Options {
  readonly minutes: number;
  readonly rate: number;
  readonly failures: number;
  readonly bantime: number;
  readonly seed: number;
  readonly rotate: number;
  readonly every: number;
  readonly logs: readonly string[];
  readonly out: string | undefined;
}
export interface Blow {
  readonly at: number;
  readonly kind: 'kill' | 'restart' | 'reload';
}
export const logNames: readonly string[];
export const usage: string;
export function readOptions(words: readonly string[]): Options;
export function randomFrom(seed: number): () => number;
export function blowsOf(options: Pick<Options, 'minutes' | 'every'>, random: () => number): Blow[];
export function addressOf(number: number): string;
