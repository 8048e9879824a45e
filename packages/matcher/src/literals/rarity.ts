/**
 * How often a byte turns up in log text, roughly, from 0 (hardly ever) to 100. Only the speed of the scan rests on it: the
 * rarer the three bytes that stand for a literal, the fewer positions need a closer look.
 */
export function commonness(byte: number): number {
  if (byte >= 0x80 || byte < 0x20) return 5;
  const char = String.fromCharCode(byte);
  if (char === ' ') return 100;
  if (/[0-9]/.test(char)) return 70;
  if (/[etaoinsr]/.test(char)) return 60;
  if (/[a-z]/.test(char)) return 35;
  if (/[.:\-/[\]=()]/.test(char)) return 40;
  if (/[A-Z]/.test(char)) return 12;
  return 8;
}

/** Offset of the three bytes of `text` that are rarest in log text. `text` has at least three bytes. */
export function rarestTrigram(text: Uint8Array): number {
  let best = 0;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 3 <= text.length; i++) {
    // A product would let one rare byte excuse two common ones; a sum wants all three rare.
    const score = commonness(text[i]!) + commonness(text[i + 1]!) + commonness(text[i + 2]!);
    if (score < bestScore) [best, bestScore] = [i, score];
  }
  return best;
}
