/** Characters by what tells them apart. */
export interface Kinds {
  /** The kind of each code from 0, up to the number that was asked for. */
  readonly kindOf: Uint8Array;
  /** A code of each kind, the first that has it. */
  readonly representatives: readonly number[];
}

/** Puts the codes below `count` that have the same signature into one kind. */
export function kindsBySignature(count: number, signatureOf: (code: number) => string): Kinds {
  const kindOf = new Uint8Array(count);
  const representatives: number[] = [];
  const known = new Map<string, number>();
  for (let code = 0; code < count; code++) {
    const signature = signatureOf(code);
    let kind = known.get(signature);
    if (kind === undefined) {
      kind = representatives.push(code) - 1;
      known.set(signature, kind);
    }
    kindOf[code] = kind;
  }
  return { kindOf, representatives };
}
