/** Walking a subject by whole characters: one beyond the basic plane is two code units. */

/** Whether `pos` lies between the two halves of a character beyond the basic plane. */
export function insidePair(subject: string, pos: number): boolean {
  const unit = subject.charCodeAt(pos);
  if (unit < 0xdc00 || unit > 0xdfff) return false;
  const before = subject.charCodeAt(pos - 1);
  return before >= 0xd800 && before <= 0xdbff;
}

/** The position `count` characters before `pos`, or -1. */
export function stepBack(subject: string, pos: number, count: number): number {
  let at = pos;
  for (let i = 0; i < count; i++) {
    if (at === 0) return -1;
    at--;
    if (at > 0 && insidePair(subject, at)) at--;
  }
  return at;
}
