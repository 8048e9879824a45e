/** A subject as the compiled searches read it: an array of numbers is looked into several times faster than a string. */
export interface Units {
  /** `wide`: some character lies beyond Latin-1. */
  readonly kind: 'latin1' | 'wide';
  readonly latin1: Uint8Array;
  readonly wide: Uint16Array;
  readonly length: number;
}

const beyondLatin1 = /[^\0-\xff]/;
// Half of a pair is no character: such subjects go to the matcher that walks by code points.
const pair = /[\ud800-\udfff]/;

let latin1 = Buffer.alloc(1024);
let wide = new Uint16Array(0);
let last: string | undefined;
let lastUnits: Units | undefined;

/**
 * The units of `subject`, valid until the next call with another one. Several expressions are tried on one subject: it is written
 * out once.
 * @returns undefined for a subject with characters beyond the basic plane
 */
export function unitsOf(subject: string): Units | undefined {
  if (subject === last) return lastUnits;
  last = subject;
  lastUnits = written(subject);
  return lastUnits;
}

function written(subject: string): Units | undefined {
  const { length } = subject;
  if (!beyondLatin1.test(subject)) {
    if (latin1.length < length) latin1 = Buffer.alloc(2 * length);
    latin1.write(subject, 'latin1');
    return { kind: 'latin1', latin1, wide, length };
  }
  if (pair.test(subject)) return undefined;
  if (wide.length < length) wide = new Uint16Array(2 * length);
  for (let i = 0; i < length; i++) wide[i] = subject.charCodeAt(i);
  return { kind: 'wide', latin1, wide, length };
}
