// Short texts are copied here: memory.copy calls out of the compiled code, which takes longer than the copying.

/** What may be written behind the end of a copy. */
export const copySlack: usize = 16;

/** Copies to a place that has `copySlack` bytes of room behind it. */
export function copyShort(to: usize, from: usize, length: usize): void {
  for (let done: usize = 0; done < length; done += 16) v128.store(to + done, v128.load(from + done));
}
