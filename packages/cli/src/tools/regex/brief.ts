import { setFlagsFromString } from 'node:v8';

/** So many bytes of code run in a function of WebAssembly before V8 optimises it: as many as it can count. */
const tieringBudget = 2_000_000_000;

/**
 * For what is over before optimised code could pay for itself: V8's optimising compiler takes longer for one expression than a log of a hundred
 * thousand lines takes without. It works on another thread, but a process waits for it at its end.
 */
export function runBriefly(): void {
  setFlagsFromString(`--wasm-tiering-budget=${tieringBudget}`);
}
