import type { Groups, GroupValue, LineTuple } from '@f2b/matcher';

/** Pieces shorter than this are copies already: V8 lets only longer ones point into the text that they were cut from. */
const shortestShare = 13;

/**
 * A copy that shares no memory with the block the text was cut from: what the books keep must not keep whole blocks alive. To cut
 * something off a text that was put together makes V8 write that text down anew, which is cheaper than the way through a Buffer.
 */
function detached(text: string): string {
  return text.length < shortestShare ? text : `${text} `.slice(0, -1);
}

/** The line as one text of its own: putting several parts together copies them, a single part is handed through. */
export function wholeLine(tuple: LineTuple): string {
  const parts = tuple.filter((part) => part !== '');
  return parts.length > 1 ? parts.join('') : detached(parts[0] ?? '');
}

function isDetached(value: GroupValue): boolean {
  return typeof value === 'string'
    ? value.length < shortestShare
    : value.every((part) => part === null || part.length < shortestShare);
}

/** The groups with no value that shares memory with the block; the same ones where none does. */
export function detachedGroups(groups: Groups): Groups {
  let short = true;
  for (const value of groups.values()) short &&= isDetached(value);
  if (short) return groups;
  const copy = new Map<string, GroupValue>();
  for (const [name, value] of groups) {
    copy.set(
      name,
      typeof value === 'string' ? detached(value) : value.map((part) => (part === null ? null : detached(part))),
    );
  }
  return copy;
}
